"""One measured ratio, and what it is to be."""

from __future__ import annotations

from dataclasses import dataclass


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
