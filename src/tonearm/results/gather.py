"""The one reader of an analysis's events: they come in one by one, and a document comes out."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable

from tonearm.protocol.events import Event
from tonearm.protocol.job import Task
from tonearm.protocol.messages import STREAM_EVENT, Failed, StreamEvent
from tonearm.results.analysis import Analysis


class Gathering:
    """What is known so far of one analysis with these tasks."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._requested = [task.requested for task in tasks]
        self._events: list[StreamEvent] = []

    def add(self, event: Event) -> None:
        self._events.append(STREAM_EVENT.validate_json(event.data))

    def fail(self, words: str) -> None:
        """The analysis broke off, and its stream could not say so itself."""
        self._events.append(Failed(status="error", error=words))

    def analysis(self) -> Analysis:
        return Analysis.of(self._events, self._requested)


async def gather(events: AsyncIterable[Event], tasks: Iterable[Task]) -> Analysis:
    """The document of a whole stream. Raises what the stream raises."""
    gathering = Gathering(tasks)
    async for event in events:
        gathering.add(event)
    return gathering.analysis()


def failed(words: str, tasks: Iterable[Task] = ()) -> Analysis:
    """The document of an analysis that never began."""
    gathering = Gathering(tasks)
    gathering.fail(words)
    return gathering.analysis()
