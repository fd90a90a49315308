"""How `tonearm analyze` writes results: one file for each format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from tonearm.cli.backend import Outcome
from tonearm.cli.options import Format
from tonearm.cli.source import Source
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task


class Writer(Protocol):
    immediate: ClassVar[bool]
    """Whether it writes each outcome as it comes, or all at the end."""

    def ready(self, catalog: Catalog, tasks: tuple[Task, ...]) -> None: ...

    def write(self, outcome: Outcome) -> None: ...

    def end(self) -> None: ...


OF_ONE_SOURCE = frozenset({Format.LABELS, Format.SONIC_VISUALISER, Format.JAMS})
"""What has no word for which source something belongs to."""


def writer(form: Format, sources: Sequence[Source], uncertain: bool) -> Writer:
    """`uncertain` keys and tempi are for what has no word for a doubt."""
    # Deferred: few need what reads tags, or XML.
    match form:
        case Format.TABLE:
            from tonearm.cli.formats.people import People

            return People(sources)
        case Format.JSON:
            from tonearm.cli.formats.json_lines import JsonLines

            return JsonLines()
        case Format.CSV:
            from tonearm.cli.formats.csv_rows import Csv

            return Csv()
        case Format.LABELS:
            from tonearm.cli.formats.labels import Labels

            return Labels()
        case Format.M3U:
            from tonearm.cli.formats.playlist import Playlist

            return Playlist()
        case Format.JAMS:
            from tonearm.cli.formats.jams import Jams

            return Jams()
        case Format.SONIC_VISUALISER:
            from tonearm.cli.formats.sonic_visualiser import SonicVisualiser

            return SonicVisualiser()
        case Format.REKORDBOX:
            from tonearm.cli.formats.rekordbox import Rekordbox

            return Rekordbox(uncertain)
        case Format.TRAKTOR:
            from tonearm.cli.formats.traktor import Traktor

            return Traktor(uncertain)
