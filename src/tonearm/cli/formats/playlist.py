"""A playlist: extended M3U in UTF-8, by key around the circle of fifths, within a key by energy, and then by tempo."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, NamedTuple

from tonearm.cli.backend import Outcome
from tonearm.cli.formats.output import write
from tonearm.cli.formats.track import bpm, key
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task
from tonearm.results.analysis import Analysis
from tonearm.tags.descriptions import energy


class _Entry(NamedTuple):
    place: tuple[float, str, float, float]
    """Number and letter of the Camelot code, energy and bpm; what is unknown or uncertain is infinite."""
    path: str
    seconds: int


class Playlist:
    """Of the sources that were analysed; written at the end."""

    immediate: ClassVar[bool] = False

    def ready(self, catalog: Catalog, tasks: tuple[Task, ...]) -> None:
        self._entries: list[_Entry] = []

    def write(self, outcome: Outcome) -> None:
        if outcome.analysis.results:
            analysis = outcome.analysis
            place = (*_code(analysis), energy(analysis.results) or math.inf, bpm(analysis) or math.inf)
            self._entries.append(_Entry(place, outcome.source.name, round(outcome.audio_seconds)))

    def end(self) -> None:
        write(m3u((path, seconds) for _, path, seconds in sorted(self._entries)))


def m3u(entries: Iterable[tuple[str, int]]) -> bytes:
    """Of paths and lengths in seconds, 0 for an unknown one."""
    lines = ["#EXTM3U"]
    for path, seconds in entries:
        # A line with # is a comment, and a name may have a line break.
        lines += [f"#EXTINF:{seconds or -1},{_line(Path(path).stem)}", re.sub("^#", "./#", _line(path))]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def _code(analysis: Analysis) -> tuple[float, str]:
    found = key(analysis)
    return (math.inf, "") if found is None else (int(found.camelot[:-1]), found.camelot[-1])


def _line(text: str) -> str:
    return re.sub("[\r\n]+", " ", text)
