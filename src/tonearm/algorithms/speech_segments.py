"""Segments of speech, from how likely it is in each frame.

get_speech_timestamps of Silero VAD 6.2.3 (https://github.com/snakers4/silero-vad), at its default settings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HYSTERESIS = 0.15
"""How far below the threshold a probability has to be for speech to end."""
_LOWEST = 0.01
_SHORTEST_SPEECH, _SHORTEST_PAUSE, _MARGIN = 0.25, 0.1, 0.03
"""In seconds. Speech that does not last longer is none, speech with a shorter pause in it goes on, and the margin is
added to both ends."""


@dataclass(frozen=True)
class Segment:
    start: int
    """Its first sample."""
    end: int
    """The sample behind its last one."""
    probability: float
    """Mean over its frames."""


class SpeechSegments:
    """Finds segments in probabilities, which come one for each `frame` samples at `rate` Hz."""

    def __init__(self, threshold: float, frame: int, rate: int) -> None:
        self._threshold = threshold
        self._end_below = max(threshold - HYSTERESIS, _LOWEST)
        self._frame = frame
        self._shortest, self._pause, self._margin = (
            round(seconds * rate) for seconds in (_SHORTEST_SPEECH, _SHORTEST_PAUSE, _MARGIN)
        )
        self._place = 0
        self._begun: int | None = None
        self._paused: int | None = None
        self._sum = self._sum_until_pause = 0.0
        self._found: list[Segment] = []

    def feed(self, probabilities: Iterable[float]) -> None:
        for probability in probabilities:
            self._take(probability)
            self._place += self._frame

    def finish(self, samples: int) -> list[Segment]:
        """All segments in order, of audio that has so many samples."""
        if self._begun is not None:
            self._close(self._begun, samples, self._sum / (self._place - self._begun))
        return [
            Segment(max(0, found.start - self._margin), min(samples, found.end + self._margin), found.probability)
            for found in self._found
        ]

    def _take(self, probability: float) -> None:
        if probability >= self._threshold:
            self._paused = None
            if self._begun is None:
                self._begun, self._sum = self._place, 0.0
        elif probability < self._end_below and self._begun is not None:
            if self._paused is None:
                self._paused, self._sum_until_pause = self._place, self._sum
            if self._place - self._paused >= self._pause:
                self._close(self._begun, self._paused, self._sum_until_pause / (self._paused - self._begun))
                self._begun = self._paused = None
        self._sum += self._frame * probability

    def _close(self, start: int, end: int, probability: float) -> None:
        if end - start > self._shortest:
            self._found.append(Segment(start, end, probability))
