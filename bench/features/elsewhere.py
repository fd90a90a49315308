"""What other benchmarks have measured beside sonara."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.accuracy.report import Report as AccuracyReport
from bench.features.report import Accuracy
from bench.similarity.report import Report as SimilarityReport
from bench.structure.report import Report as StructureReport

_RESULTS = Path(__file__).parents[1] / "results"
_OURS = ("`key:2`", "`beats:1`")


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
    report = StructureReport.model_validate_json((_RESULTS / "structure.json").read_text())
    for row in report.rows:
        if "sonara" in row.cells:
            yield Accuracy(
                what=f"sections: {row.what}",
                most=True,
                count=row.count,
                sonara=row.cells["sonara"],
                tonearm=row.cells["`sections:1`"],
            )


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
