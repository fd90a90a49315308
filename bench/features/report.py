"""What was measured, as data (bench/results/features.json) and as the tables of docs/sonara.md."""

from __future__ import annotations

from collections.abc import Iterator

from bench.data import Cell, Data


class Accuracy(Data):
    what: str
    most: bool
    """Whether the most is the best; else the least."""
    count: int
    sonara: Cell
    tonearm: Cell

    @property
    def lost(self) -> bool:
        ahead = round(self.sonara.value, 3) - round(self.tonearm.value, 3)
        return ahead > 0 if self.most else ahead < 0


class Line(Data):
    feature: str
    sonara: str
    sonara_cost: float | None
    """CPU ÷ that of ffmpeg's decoding. None where it has not got the feature by itself."""
    tonearm: str
    tonearm_cost: float | None
    remark: str


class Report(Data):
    commit: str
    sonara: str
    file: str
    """What costs were measured with."""
    lines: list[Line]
    accuracy: list[Accuracy]


def lines(report: Report) -> Iterator[str]:
    yield from _features(report)
    yield from _accuracy(report)
    yield from _lost(report)
    yield ""
    yield f"Tonearm {report.commit}, sonara {report.sonara}. CPU was measured with {report.file}."


def _features(report: Report) -> Iterator[str]:
    yield from ("### Features and their cost", "")
    yield from ("| feature | sonara | CPU | Tonearm | CPU |", "|---|---|---|---|---|")
    for line in report.lines:
        ours = f"`{line.tonearm}`" if line.tonearm else "no"
        remark = f"{ours}: {line.remark}" if line.remark and line.tonearm else line.remark or ours
        cells = [line.feature, line.sonara, _times(line.sonara_cost), remark, _times(line.tonearm_cost)]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _times(cost: float | None) -> str:
    return "" if cost is None else f"{cost:.1f}"


def _accuracy(report: Report) -> Iterator[str]:
    yield from ("### Accuracy", "", "| | n | sonara | Tonearm |", "|---|---|---|---|")
    for row in report.accuracy:
        values = [row.sonara, row.tonearm]
        best = (max if row.most else min)(cell.value for cell in values)
        cells = " | ".join(
            f"**{cell:.3f}**" if round(cell.value, 3) == round(best, 3) else f"{cell:.3f}" for cell in values
        )
        yield f"| {row.what}{'' if row.most else ' (less is better)'} | {row.count} | {cells} |"
    yield ""


def _lost(report: Report) -> Iterator[str]:
    yield from ("### Where sonara is better", "")
    yield f"- More accurate: {'; '.join(row.what for row in report.accuracy if row.lost) or 'in no row'}."
    cheaper = [
        line.feature
        for line in report.lines
        if line.sonara_cost is not None and line.tonearm_cost is not None and line.sonara_cost < line.tonearm_cost
    ]
    yield f"- Less CPU: {'; '.join(cheaper) or 'for no feature'}."
    missing = [line.feature for line in report.lines if not line.tonearm]
    yield f"- Only there: {'; '.join(missing) or 'nothing'}."
