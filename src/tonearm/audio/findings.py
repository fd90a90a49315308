"""What is not as it should be, noted while a file is decoded and told when it has ended."""

from __future__ import annotations

from tonearm.protocol.warnings import AudioWarning, Code

_MOST_HOLES = 20
_TOGETHER_SECONDS = 0.5
"""Holes nearer to each other than this are told as one."""
_LEAST_SECONDS_SHORT = 0.1
"""Encoders round what they announce to whole frames."""


class Findings:
    """Of one file. Times are seconds of the decoded audio."""

    def __init__(self) -> None:
        self._holes: list[tuple[float, float]] = []
        self._cancelled: list[tuple[float, float]] = []
        self._implausible: tuple[float, float] | None = None
        self._changes: list[AudioWarning] = []
        self._others: list[AudioWarning] = []

    def hole(self, start: float, end: float) -> None:
        if not _joined(self._holes, start, end):
            self._holes.append((start, end))

    def cancelled(self, start: float, end: float) -> None:
        """The channels of these blocks cancel each other out."""
        if not _joined(self._cancelled, start, end) and len(self._cancelled) < _MOST_HOLES:
            self._cancelled.append((start, end))

    def implausible(self, start: float, end: float) -> None:
        """No recording has such samples as these."""
        self._implausible = (self._implausible or (start, end))[0], end

    def changed(self, at: float, found: str, into: str) -> None:
        """From here on the audio has another format, and is converted."""
        if len(self._changes) < _MOST_HOLES:
            words = f"From {at:.2f} s the audio is {found}; it was converted to {into}."
            self._changes.append(AudioWarning(code="format-changed", message=words, start=round(at, 3)))

    def several(self, count: int, taken: str) -> None:
        """Of the file, or of a link of a chained stream."""
        words = f"The file has {count} audio tracks; {taken} was analysed."
        found = AudioWarning(code="several-tracks", message=words)
        if found not in self._others and len(self._others) < _MOST_HOLES:
            self._others.append(found)

    def undecodable(self, why: str) -> None:
        """A link of a chained stream."""
        if len(self._others) < _MOST_HOLES:
            self._others.append(AudioWarning(code="damaged", message=f"A part of the file was left out. {why}"))

    def ended(self, seconds: float, declared: float | None) -> None:
        """A container has ended after so many seconds of audio, of those that it had announced."""
        if declared is not None and declared - seconds > _LEAST_SECONDS_SHORT:
            words = f"The file is cut off: it announces {declared:.2f} s of audio, and {seconds:.2f} s came."
            self._others.append(AudioWarning(code="truncated", message=words))

    def unfinished(self) -> None:
        words = "The file is cut off: the page that ends an Ogg stream did not come."
        self._others.append(AudioWarning(code="truncated", message=words))

    @property
    def damaged(self) -> tuple[tuple[float, float], ...]:
        """Where there was nothing to decode: start and end of each hole."""
        return tuple(self._holes)

    @property
    def warnings(self) -> tuple[AudioWarning, ...]:
        """All that there is to say, holes first."""
        holes = [_damaged(start, end) for start, end in self._holes[:_MOST_HOLES]]
        if len(self._holes) > _MOST_HOLES:
            rest = self._holes[_MOST_HOLES:]
            lost = sum(end - start for start, end in rest)
            words = f"{len(rest)} more stretches, {lost:.2f} s together, could not be decoded and are silent."
            holes.append(_stretch("damaged", words, rest[0][0], rest[-1][1]))
        cancelled = [_cancelled(start, end) for start, end in self._cancelled]
        implausible = [_implausible(*self._implausible)] if self._implausible else []
        return (*holes, *cancelled, *implausible, *self._changes, *self._others)


def _joined(stretches: list[tuple[float, float]], start: float, end: float) -> bool:
    """Whether the last stretch is near enough to be made longer, which it then is."""
    near = bool(stretches) and start - stretches[-1][1] < _TOGETHER_SECONDS
    if near:
        stretches[-1] = (stretches[-1][0], end)
    return near


def _damaged(start: float, end: float) -> AudioWarning:
    words = f"From {start:.2f} to {end:.2f} s the file is damaged; what could not be decoded is silent."
    return _stretch("damaged", words, start, end)


def _cancelled(start: float, end: float) -> AudioWarning:
    words = f"From {start:.2f} to {end:.2f} s the channels cancel each other out; one of them is used for their mean."
    return _stretch("channels-cancel", words, start, end)


def _implausible(start: float, end: float) -> AudioWarning:
    words = (
        f"Between {start:.2f} and {end:.2f} s the audio is louder than any recording, or white noise near full scale: "
        "its samples may have another size, byte order or scale than the file says."
    )
    return _stretch("implausible-samples", words, start, end)


def _stretch(code: Code, words: str, start: float, end: float) -> AudioWarning:
    return AudioWarning(code=code, message=words, start=round(start, 3), end=round(end, 3))
