"""What was measured, as data (bench/results/structure.json) and as the table of docs/sections.md."""

from __future__ import annotations

from collections.abc import Iterator

from bench.data import Cell, Data


class Row(Data):
    what: str
    count: int
    """Pieces of music."""
    cells: dict[str, Cell]
    """By system, of those that give the figure."""


class Report(Data):
    commit: str
    systems: dict[str, str]
    """What each is called in the table, ours first."""
    rows: list[Row]


def lines(report: Report) -> Iterator[str]:
    yield f"| | n | {' | '.join(report.systems.values())} |"
    yield "|---" * (2 + len(report.systems)) + "|"
    for row in report.rows:
        best = max(round(cell.value, 3) for cell in row.cells.values())
        cells = [
            f"**{cell:.3f}**" if cell and round(cell.value, 3) == best else f"{cell:.3f}" if cell else ""
            for cell in map(row.cells.get, report.systems)
        ]
        yield f"| {row.what} | {row.count} | {' | '.join(cells)} |"
    yield ""
    yield f"Tonearm {report.commit}."
