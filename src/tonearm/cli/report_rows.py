"""What a report says of each track, and of the album that they are."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tonearm.cli.album import JointLoudness, joint_loudness
from tonearm.cli.backend import Outcome
from tonearm.results import file_format, music
from tonearm.results.certainty import key_is_certain, tempo_is_certain
from tonearm.tags.naming import Naming, naming_if_readable

MODELS = "audio,key:2,beats,loudness_ebur128:2(curves=true),clipping"

_COLUMNS = (
    *("file", "title", "artist", "album", "format", "seconds", "integrated_lufs", "range_lu", "true_peak_dbtp"),
    *("plr_db", "short_term_max_lufs", "clipped_spots", "longest_clip_samples", "dc_offset", "channels_cancel_s"),
    *("bpm", "bpm_certainty", "key", "camelot", "key_certainty", "warnings", "errors"),
)


@dataclass(frozen=True)
class Row:
    """A value is None where the audio has none, or its model failed."""

    file: str
    naming: Naming
    format: str | None
    seconds: float | None
    integrated: float | None
    """In LUFS."""
    range: float | None
    """In LU."""
    true_peak: float | None
    """In dBTP."""
    short_term_max: float | None
    """In LUFS."""
    short_term: tuple[float | None, ...]
    """In LUFS, every 100 ms."""
    clips: int | None
    longest_clip: int | None
    """In samples."""
    dc_offset: float | None
    """Of the channel that has most, full scale at ±1."""
    cancelled: float | None
    """Seconds for which the channels cancel each other out."""
    bpm: float | None
    bpm_certain: bool
    key: music.Key | None
    key_certain: bool
    warnings: tuple[str, ...]
    errors: tuple[str, ...]

    @property
    def plr(self) -> float | None:
        """Peak to loudness ratio in dB: true peak less integrated loudness (AES TD1008)."""
        return None if self.true_peak is None or self.integrated is None else self.true_peak - self.integrated

    @property
    def title(self) -> str:
        return self.naming.called(self.file)


@dataclass(frozen=True)
class Report:
    title: str
    rows: tuple[Row, ...]
    loudness: JointLoudness
    """Of the tracks that have one."""


def report(title: str | None, outcomes: Sequence[Outcome]) -> Report:
    """Of tracks in this order. Without a title, it is the album that the tags of all that could be read name, or else
    their folder.
    """
    rows = tuple(_row(outcome) for outcome in outcomes)
    albums = {row.naming.album for row in rows if not row.errors}
    album = albums.pop() if len(albums) == 1 else None
    folder = os.path.basename(os.path.commonpath([os.path.dirname(os.path.abspath(row.file)) for row in rows]))
    whole = [each.analysis for each in outcomes if "loudness_ebur128" in each.analysis.results]
    return Report(title or album or folder, rows, joint_loudness(whole))


def as_csv(report: Report) -> str:
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\n")
    out.writerow(_COLUMNS)
    for row in report.rows:
        out.writerow(
            (
                row.file,
                row.title,
                row.naming.artist,
                row.naming.album,
                row.format,
                _number(row.seconds, 3),
                *(_number(value, 2) for value in (row.integrated, row.range, row.true_peak, row.plr)),
                _number(row.short_term_max, 2),
                row.clips,
                row.longest_clip,
                _number(row.dc_offset, 6),
                _number(row.cancelled, 2),
                _number(row.bpm, 1),
                _certainty(row.bpm, row.bpm_certain),
                f"{row.key.tonic} {row.key.scale}" if row.key else "",
                row.key.camelot if row.key else "",
                _certainty(row.key, row.key_certain),
                " ".join(row.warnings),
                " ".join(row.errors),
            )
        )
    return text.getvalue()


def _row(outcome: Outcome) -> Row:
    results = outcome.analysis.results
    audio, key, beats = results.get("audio"), results.get("key"), results.get("beats")
    loudness, clipping = results.get("loudness_ebur128", {}), results.get("clipping")
    channels = clipping["channels"] if clipping else []
    return Row(
        file=outcome.source.name,
        naming=naming_if_readable(outcome.source.name),
        format=f"{file_format.kind(audio)}, {file_format.kilohertz(audio)} kHz, {audio['layout']}" if audio else None,
        seconds=audio["duration"] if audio else None,
        integrated=loudness.get("integrated_lufs"),
        range=loudness.get("range_lu"),
        true_peak=loudness.get("true_peak_dbtp"),
        short_term_max=loudness.get("short_term_max_lufs"),
        short_term=tuple(loudness.get("short_term_lufs") or ()),
        clips=clipping["spots"] if clipping else None,
        longest_clip=max((each["longest"] for each in channels), default=None),
        dc_offset=max((each["dc_offset"] for each in channels), key=abs, default=None),
        cancelled=_cancelled(outcome) if results else None,
        bpm=music.tempo(beats) if beats else None,
        bpm_certain=beats is not None and tempo_is_certain(beats),
        key=music.key(key) if key else None,
        key_certain=key is not None and key_is_certain(key),
        warnings=tuple(warning.message for warning in outcome.analysis.warnings),
        errors=tuple(each.words for each in outcome.analysis.errors),
    )


def _cancelled(outcome: Outcome) -> float:
    found = [each for each in outcome.analysis.warnings if each.code == "channels-cancel"]
    return sum((each.end - each.start for each in found if each.start is not None and each.end is not None), 0.0)


def _number(value: float | None, decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}"


def _certainty(value: object, certain: bool) -> str:
    return "none" if value is None else "certain" if certain else "uncertain"


def highest(values: Iterable[float | None], count: int) -> list[float | None]:
    """At most `count` values: the highest of each of as many parts of about the same length."""
    every = list(values)
    parts = min(count, len(every))
    found: list[float | None] = []
    for part in range(parts):
        known = [
            value for value in every[part * len(every) // parts : (part + 1) * len(every) // parts] if value is not None
        ]
        found.append(max(known, default=None))
    return found
