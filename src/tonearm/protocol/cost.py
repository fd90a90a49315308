"""The cost of an analysis: CPU seconds of each step, and the amount of input."""

from __future__ import annotations

from collections.abc import Iterator
from time import thread_time
from types import TracebackType
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt

T = TypeVar("T")


class Cost(BaseModel):
    """Seconds are CPU seconds of the thread that ran the step, so waiting for the client or the other thread does not
    count."""

    model_config = ConfigDict(allow_inf_nan=False)

    decode_seconds: NonNegativeFloat = 0.0
    feature_seconds: dict[str, NonNegativeFloat] = {}
    """By class name of the feature."""
    model_seconds: dict[str, NonNegativeFloat] = {}
    """By `name:version`, without the features that the model uses."""
    audio_seconds: NonNegativeFloat = 0.0
    """Length of the analysed audio."""
    bytes_read: NonNegativeInt = 0
    """Bytes that the decoder read."""


class Stopwatch:
    """Adds up CPU seconds of the calling thread: `with stopwatch: …`. Each use costs about a microsecond."""

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
        """Yield the same items. Producing each item is timed; using it is not."""
        while True:
            with self:
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item
