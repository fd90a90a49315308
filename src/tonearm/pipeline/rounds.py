"""When the models are asked what they know so far: all of them in one round, with audio of some seconds between two."""

from __future__ import annotations

from collections.abc import Callable

from tonearm.pipeline.graph import Graph
from tonearm.protocol.events import Event, partial
from tonearm.protocol.job import Job

Tell = Callable[[Callable[[], list[Event]]], bool]
"""Takes what makes the events of one round, and says whether it has made them: who has not read the last one leaves
it, and nothing is computed. The next round then tells of all that is new since."""


def tell_nobody(make: Callable[[], list[Event]]) -> bool:
    """For who wants no partial results."""
    return False


class Rounds:
    """The rounds of one job. Where an earlier run of it left off, one round is made and not told."""

    def __init__(self, job: Job, graph: Graph, tell: Tell) -> None:
        self._every = job.partial_seconds or 0.0
        self._told = job.told_seconds
        self._due = self._told or self._every
        self._graph = graph
        self._tell = tell

    def look(self, at: float) -> None:
        """After each block: `at` is how many seconds of audio have been analysed."""
        if at < self._due:
            return
        if at <= self._told:
            self._round(at)
        elif not self._tell(lambda: self._round(at)):
            return
        self._due = (at // self._every + 1) * self._every

    def _round(self, at: float) -> list[Event]:
        return [partial(task, at, result) for task, result in self._graph.so_far()]
