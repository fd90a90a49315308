"""What other benchmarks have measured beside sonara."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bench.accuracy.report import Report as AccuracyReport
from bench.data import Cell
from bench.features.report import Accuracy
from bench.similarity.report import Report as SimilarityReport

_ROOT = Path(__file__).parents[2]
_RESULTS = _ROOT / "bench" / "results"
_OURS = ("`key:2`", "`beats:1`")
_CELL = re.compile(r"\**([\d.]+) \(([\d.]+) to ([\d.]+)\)\**")


def elsewhere() -> Iterator[Accuracy]:
    yield from _accuracy()
    yield from _sections()
    yield from _similarity()


def _accuracy() -> Iterator[Accuracy]:
    report = AccuracyReport.model_validate_json((_RESULTS / "accuracy.json").read_text())
    for row in report.rows:
        theirs = row.cells.get("sonara")
        ours = next((row.cells[name] for name in _OURS if name in row.cells), None)
        # To call more certain is no better by itself.
        if theirs and ours and theirs.count == ours.count and not row.what.endswith("called certain"):
            yield Accuracy(
                what=f"{row.section.lower()}: {row.what}",
                most=row.most,
                count=ours.count,
                sonara=theirs,
                tonearm=ours,
            )


def _sections() -> Iterator[Accuracy]:
    """From the table that bench.structure writes into docs/sections.md: what, n, Tonearm, sonara, …"""
    for line in (_ROOT / "docs" / "sections.md").read_text().splitlines():
        columns = [column.strip() for column in line.strip("|").split("|")]
        if len(columns) > 3 and (ours := _cell(columns[2])) and (theirs := _cell(columns[3])):
            yield Accuracy(
                what=f"sections: {columns[0]}", most=True, count=int(columns[1]), sonara=theirs, tonearm=ours
            )


def _cell(text: str) -> Cell | None:
    found = _CELL.fullmatch(text)
    return found and Cell(value=float(found[1]), low=float(found[2]), high=float(found[3]))


def _similarity() -> Iterator[Accuracy]:
    """Beside the better of sonara's profiles."""
    report = SimilarityReport.model_validate_json((_RESULTS / "similarity.json").read_text())
    for row in report.rows:
        ours, *theirs = row.cells.values()
        if theirs:
            yield Accuracy(
                what=f"similar tracks: {row.what}",
                most=True,
                count=report.recordings,
                sonara=max(theirs, key=lambda cell: cell.value),
                tonearm=ours,
            )
