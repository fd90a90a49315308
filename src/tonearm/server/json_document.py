"""One JSON document at the end, for clients that cannot read a stream."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel

from tonearm.protocol.events import Event
from tonearm.protocol.messages import STREAM_EVENT, StreamEvent
from tonearm.results.analysis import Analysis


class Document:
    """All that the events say, in the shape that `shaped` gives it. Until then white space keeps the connection."""

    media_type = "application/json"
    keep_alive = b"\n"

    def __init__(self, shaped: Callable[[Analysis], BaseModel] = lambda analysis: analysis) -> None:
        self._shaped = shaped
        self._events: list[StreamEvent] = []

    def event(self, event: Event) -> bytes:
        self._events.append(STREAM_EVENT.validate_json(event.data))
        if event.status != "finished":
            return b""
        return self._shaped(Analysis.of(self._events)).model_dump_json().encode() + b"\n"
