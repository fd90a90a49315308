"""One JSON document at the end, for clients that cannot read a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pydantic import BaseModel
from pydantic_core import to_json

from tonearm.protocol.events import Event
from tonearm.protocol.job import Task
from tonearm.results.analysis import Analysis
from tonearm.results.gather import Gathering


class JsonDocument:
    """All that the events say, in the shape that `shaped` gives it. Until then white space keeps the connection."""

    media_type = "application/json"
    keep_alive = b"\n"

    def __init__(self, tasks: Iterable[Task], shaped: Callable[[Analysis], BaseModel] | None = None) -> None:
        self._shaped = shaped
        self._gathering = Gathering(tasks)

    def event(self, event: Event) -> Iterator[bytes]:
        self._gathering.add(event)
        if event.status == "finished":
            analysis = self._gathering.analysis()
            yield from [to_json(self._shaped(analysis))] if self._shaped else _pieces(analysis)
            yield b"\n"


def _pieces(analysis: Analysis) -> Iterator[bytes]:
    """The JSON of each result is a piece: to write all of them at once takes a third of a second."""
    yield b'{"results":{'
    for number, (model, result) in enumerate(analysis.results.items()):
        yield (b"," if number else b"") + to_json(model) + b":" + to_json(result)
    yield b'},"errors":' + to_json(analysis.errors) + b',"warnings":' + to_json(analysis.warnings) + b"}"
