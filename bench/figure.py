"""One measured ratio, and what it is to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True)
class Figure:
    what: str
    value: float
    goal: float
    most: bool = True
    """Whether the goal is the most it may be; else the least."""
    detail: str = ""

    @property
    def met(self) -> bool:
        return self.value <= self.goal if self.most else self.value >= self.goal


def table(figures: Iterable[Figure]) -> Table:
    rows = Table(title="goals", title_justify="left")
    for heading in ("figure", "found", "goal", "", "detail"):
        rows.add_column(heading, justify="right" if heading in {"found", "goal"} else "left")
    for figure in figures:
        goal = f"{'≤' if figure.most else '≥'} {figure.goal:g}"
        mark = "[green]met[/]" if figure.met else "[red]missed[/]"
        rows.add_row(figure.what, f"{figure.value:.3g}", goal, mark, figure.detail)
    return rows
