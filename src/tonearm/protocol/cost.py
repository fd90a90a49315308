"""What an analysis cost: the seconds of each step, and how much went in."""

from __future__ import annotations

from collections.abc import Iterator
from time import thread_time
from types import TracebackType
from typing import TypeVar

from pydantic import BaseModel, NonNegativeFloat, NonNegativeInt

T = TypeVar("T")


class Cost(BaseModel):
    """Seconds are CPU seconds of the thread that did the step, so neither waiting for the client nor for the other
    thread counts."""

    decode_seconds: NonNegativeFloat = 0.0
    feature_seconds: dict[str, NonNegativeFloat] = {}
    """By the feature's class."""
    model_seconds: dict[str, NonNegativeFloat] = {}
    """By `name:version`; what a model takes from features is theirs."""
    audio_seconds: NonNegativeFloat = 0.0
    """Length of the audio that has been analysed."""
    bytes_read: NonNegativeInt = 0
    """Bytes that the decoder took."""


class Stopwatch:
    """Adds up CPU seconds of the calling thread: `with stopwatch: …`, which costs about a microsecond."""

    __slots__ = ("_begun", "seconds")

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begun = 0.0

    def __enter__(self) -> None:
        self._begun = thread_time()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seconds += thread_time() - self._begun

    def each(self, items: Iterator[T]) -> Iterator[T]:
        """The same items; making each is timed, and what is done with it is not."""
        while True:
            with self:
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item
