"""What was measured, as data: bench/results/accuracy.json."""

from __future__ import annotations

from bench.data import Cell as Figure
from bench.data import Data


class Cell(Figure):
    """Of `count` recordings."""

    count: int


class Difference(Data):
    """By how much a peer is better than Tonearm, on the same recordings; below 0 where it is worse."""

    peer: str
    ours: str
    value: float
    low: float
    high: float

    @property
    def proved(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0


class Row(Data):
    section: str
    what: str
    most: bool
    """Whether the most is the best; else the least."""
    cells: dict[str, Cell]
    """By the name of the system."""
    lead: Difference | None
    """Of the peer with the best figure. None where no peer has one."""


class Cost(Data):
    models: str
    file: str
    ratio: float
    """CPU seconds of the worker ÷ those of ffmpeg for decoding, the median of runs that took turns."""
    cpu: float
    decoding: float


class Report(Data):
    commit: str
    machine: str
    networks: list[str]
    """Those with a free licence that were installed."""
    versions: dict[str, str]
    """Of each peer."""
    sets: dict[str, int]
    """Recordings in each."""
    systems: dict[str, list[str]]
    """Those of each section, in the order of its columns."""
    rows: list[Row]
    cost: Cost
    failures: dict[str, int]
    """Files on which a system failed, where there are any."""
    left_out: list[str]
    """What could not be measured, each a sentence."""
