"""What the programs of DJs take of a track: its name, key and tempo, and the grid of its beats."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tonearm.cli.backend import Outcome
from tonearm.cli.source import Kind
from tonearm.results import music
from tonearm.results.analysis import Analysis
from tonearm.results.beat_grid import GridMark, grid
from tonearm.results.certainty import key_is_certain, tempo_is_certain
from tonearm.tags.naming import Naming, naming_if_readable


@dataclass(frozen=True)
class Track:
    path: str
    """Absolute."""
    size: int
    naming: Naming
    seconds: float
    key: music.Key | None
    bpm: float | None
    metre: int | None
    grid: tuple[GridMark, ...]

    @property
    def title(self) -> str:
        return self.naming.called(self.path)


def track(outcome: Outcome, uncertain: bool) -> Track | None:
    """None for what is no file, or was not analysed. Uncertain keys and tempi are left out unless they are wanted."""
    if outcome.source.kind is not Kind.FILE or not outcome.analysis.results:
        return None
    tempo = _tempo_result(outcome.analysis, uncertain)
    return Track(
        path=os.path.abspath(outcome.source.name),
        size=outcome.source.size or 0,
        naming=naming_if_readable(outcome.source.name),
        seconds=outcome.audio_seconds,
        key=key(outcome.analysis, uncertain),
        bpm=None if tempo is None else music.tempo(tempo),
        metre=None if tempo is None else tempo.get("metre"),
        grid=grid(tempo) if tempo is not None and "first_beat" in tempo else (),
    )


def key(analysis: Analysis, uncertain: bool = False) -> music.Key | None:
    """Of whichever model found one."""
    for result in analysis.results.values():
        if "scale" in result and (uncertain or key_is_certain(result)) and (found := music.key(result)):
            return found
    return None


def bpm(analysis: Analysis, uncertain: bool = False) -> float | None:
    """Of whichever model found one."""
    result = _tempo_result(analysis, uncertain)
    return None if result is None else music.tempo(result)


def _tempo_result(analysis: Analysis, uncertain: bool) -> Mapping[str, Any] | None:
    for result in analysis.results.values():
        if ("tempo" in result or "bpm" in result) and (uncertain or tempo_is_certain(result)) and music.tempo(result):
            return result
    return None
