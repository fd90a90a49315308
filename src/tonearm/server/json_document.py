"""One JSON document at the end, for clients that cannot read a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pydantic import BaseModel

from tonearm.protocol.events import Event
from tonearm.protocol.job import Task
from tonearm.results.analysis import Analysis
from tonearm.results.gather import Gathering


class JsonDocument:
    """All that the events say, in the shape that `shaped` gives it. Until then white space keeps the connection."""

    media_type = "application/json"
    keep_alive = b"\n"

    def __init__(
        self, tasks: Iterable[Task], shaped: Callable[[Analysis], BaseModel] = lambda analysis: analysis
    ) -> None:
        self._shaped = shaped
        self._gathering = Gathering(tasks)

    def event(self, event: Event) -> bytes:
        self._gathering.add(event)
        if event.status != "finished":
            return b""
        return self._shaped(self._gathering.analysis()).model_dump_json().encode() + b"\n"
