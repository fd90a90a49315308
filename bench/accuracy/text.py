"""A report as text: its figures in tables, and the rows that a peer wins. For the terminal and for docs/accuracy.md."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from bench.accuracy.report import Cell, Report, Row

_NONE = ""


def markdown(report: Report) -> str:
    return "\n".join(_lines(report))


def tables(report: Report) -> Iterator[Table]:
    for section, systems in report.systems.items():
        table = Table(title=section, title_justify="left")
        for heading in ("", "n", *systems):
            table.add_column(heading.replace("`", ""), justify="right" if heading == "n" else "left")
        for row in _of(report, section):
            best = _best(row)
            cells = [Text(_cell(row, name), "bold" if name in best else "") for name in systems]
            table.add_row(row.what, str(_count(row)), *cells)
        yield table


def _lines(report: Report) -> Iterator[str]:
    for section, systems in report.systems.items():
        yield from (f"### {section}", "", f"| | n | {' | '.join(systems)} |", "|---" * (2 + len(systems)) + "|")
        for row in _of(report, section):
            best = _best(row)
            cells = [f"**{_cell(row, name)}**" if name in best else _cell(row, name) for name in systems]
            yield f"| {row.what}{'' if row.most else ' (less is better)'} | {_count(row)} | {' | '.join(cells)} |"
        yield ""
    yield from ("### Where a peer is better", "")
    yield from wins(report) or ["In no row; where two are bold, they are equal."]
    yield ""
    cost = report.cost
    models = " and ".join(f"`{model}`" for model in cost.models.split(","))
    yield from ("### What it costs", "")
    yield f"{models} together take {cost.ratio:.1f} times the CPU that ffmpeg takes to decode the same file:"
    yield f"{cost.cpu:.2f} s and {cost.decoding:.2f} s for {cost.file}."
    yield ""
    yield from ("### What was compared", "")
    sets = ", ".join(f"{count} {kind}" for kind, count in report.sets.items())
    peers = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    yield f"Tonearm {report.commit} with the networks {', '.join(report.networks) or 'none'}; {peers or 'no peer'}."
    yield f"Recordings: {sets}."
    yield from (f"{name} failed on {count} of them, which counts as wrong." for name, count in report.failures.items())
    yield from report.left_out
    yield ""


def wins(report: Report) -> list[str]:
    """A line for each row in which a peer has the best figure."""
    return [_win(row) for row in report.rows if row.lead is not None and round(row.lead.value, 3) > 0]


def _win(row: Row) -> str:
    lead = row.lead
    assert lead is not None
    how = "more than chance" if lead.proved else "within chance"
    by = f"by {lead.value:.3f} ({lead.low:.3f} to {lead.high:.3f})"
    return f"- {row.section}, {row.what}: {lead.peer} before {lead.ours} {by}, {how}."


def _of(report: Report, section: str) -> list[Row]:
    return [row for row in report.rows if row.section == section]


def _best(row: Row) -> set[str]:
    """All that read the same as the best figure. Of one system none is best, and to call more certain is not better."""
    if len(row.cells) < 2 or (row.what.endswith("called certain") and not row.what.startswith("right")):
        return set()
    top = (max if row.most else min)(cell.value for cell in row.cells.values())
    return {name for name, cell in row.cells.items() if f"{cell.value:.3f}" == f"{top:.3f}"}


def _count(row: Row) -> int:
    return max(cell.count for cell in row.cells.values())


def _cell(row: Row, name: str) -> str:
    cell: Cell | None = row.cells.get(name)
    if cell is None:
        return _NONE
    fewer = "" if cell.count == _count(row) else f", n {cell.count}"
    return f"{cell.value:.3f} ({cell.low:.3f} to {cell.high:.3f}){fewer}"
