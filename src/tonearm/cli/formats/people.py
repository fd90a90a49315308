"""Results for people: a table, or for a single source a list of what there is to know."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.console import Group
from rich.table import Table
from rich.text import Text

from tonearm.cli.backend import Outcome
from tonearm.cli.source import Kind, Source
from tonearm.cli.summary import NONE, Value, values
from tonearm.cli.terminal import Name, printable, show
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task
from tonearm.results.requested import RequestedModel, requested_models

_UNCERTAIN = "?"


class Cell(NamedTuple):
    text: str
    certain: bool
    reason: str

    @property
    def in_table(self) -> str:
        return self.text if self.certain else f"{self.text}{_UNCERTAIN}"

    def in_list(self, unit: str) -> str:
        if self.text == NONE:
            return f"none: {self.reason}" if self.reason else NONE
        text = f"{self.text} {unit}".rstrip()
        because = f": {self.reason}" if self.reason else ""
        return text if self.certain else f"{text}, uncertain{because}"


Cells = list[Cell]


class People:
    """Keeps the few words of each outcome and prints them at the end, in the order of the sources."""

    immediate: ClassVar[bool] = False

    def __init__(self, sources: Sequence[Source]) -> None:
        self._order = {source: index for index, source in enumerate(sources)}
        self._rows: list[tuple[Source, Cells]] = []
        self._single = len(sources) == 1

    def ready(self, catalog: Catalog, tasks: tuple[Task, ...]) -> None:
        self._columns = [
            (each, value)
            for each in requested_models(catalog, tasks)
            for value in values(each.card)
            if value.in_row or self._single
        ]

    def write(self, outcome: Outcome) -> None:
        if outcome.analysis.results:
            self._rows.append((outcome.source, [_cell(each, value, outcome) for each, value in self._columns]))

    def end(self) -> None:
        if self._rows:
            self._rows.sort(key=lambda row: self._order[row[0]])
            show(self._list() if self._single else self._table())

    def _list(self) -> Group:
        source, cells = self._rows[0]
        told = [
            (each, value, cell)
            for (each, value), cell in zip(self._columns, cells, strict=True)
            if value.told_if_none or cell.text != NONE
        ]
        several = Counter(value.name for _, value, _ in told)
        grid = Table(box=None, show_header=False, pad_edge=False)
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column()
        for each, value, cell in told:
            name = value.name if several[value.name] == 1 else f"{value.name} ({each.name})"
            grid.add_row(name, Text(cell.in_list(value.unit)))
        return Group(Text(printable(source.name), style="bold", overflow="fold"), grid)

    def _table(self) -> Group:
        several = Counter(value.heading for _, value in self._columns)
        table = Table(box=None, pad_edge=False, header_style="bold")
        folder = _common([source for source, _ in self._rows]) if sys.stdout.isatty() else ""
        table.add_column(Name(f"in {folder}") if folder else "file")
        for each, value in self._columns:
            heading = value.heading if several[value.heading] == 1 else f"{value.heading}\n{each.name}"
            right = all(_is_number(cells[len(table.columns) - 1]) for _, cells in self._rows)
            table.add_column(heading, justify="right" if right else "left", no_wrap=len(value.heading) < 9)
        for source, cells in self._rows:
            name = os.path.relpath(source.name, folder) if folder else source.name
            table.add_row(Name(name), *(Text(cell.in_table) for cell in cells))
        doubts = any(not cell.certain for _, cells in self._rows for cell in cells)
        return Group(table, *([Text(f"{_UNCERTAIN} uncertain", style="dim")] if doubts else []))


def _cell(each: RequestedModel, value: Value, outcome: Outcome) -> Cell:
    result = each.result(outcome.analysis)
    if result is None:
        return Cell(NONE, True, "")
    text = printable(value.text(result))
    return Cell(text, text == NONE or value.certain(result), printable(value.reason(result)))


def _is_number(cell: Cell) -> bool:
    return cell.text == NONE or cell.text.lstrip("-").replace(".", "", 1).isdigit()


def _common(sources: Sequence[Source]) -> str:
    """The folder that all are in; "" where there is none, or not everything is a file."""
    if any(source.kind is not Kind.FILE for source in sources):
        return ""
    folders = {os.path.dirname(source.name) for source in sources}
    return os.path.commonpath(folders) if len({os.path.isabs(folder) for folder in folders}) == 1 else ""
