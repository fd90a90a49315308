"""An iterator that may block, such as the listing of a bucket, for an event loop that must not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class InThread(Generic[T]):
    """Its items for any number of tasks, each item for one of them. An item is made when a task asks for it.

    What the iterator raises is raised in one of the tasks. One that blocks keeps no process from ending.
    """

    def __init__(self, items: Iterable[T]) -> None:
        self._asked: SimpleQueue[asyncio.Future[T | None]] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        Thread(target=self._run, args=(iter(items),), daemon=True).start()

    def __aiter__(self) -> InThread[T]:
        return self

    async def __anext__(self) -> T:
        answer: asyncio.Future[T | None] = self._loop.create_future()
        self._asked.put(answer)
        item = await answer
        if item is None:
            raise StopAsyncIteration
        return item

    def _run(self, items: Iterator[T]) -> None:
        # The loop may have ended meanwhile.
        with suppress(RuntimeError):
            while True:
                answer = self._asked.get()
                try:
                    item = next(items, None)
                except Exception as error:  # noqa: BLE001 - it is the task's
                    self._loop.call_soon_threadsafe(_fail, answer, error)
                else:
                    self._loop.call_soon_threadsafe(_give, answer, item)


def _give(answer: asyncio.Future[T | None], item: T | None) -> None:
    if not answer.done():
        answer.set_result(item)


def _fail(answer: asyncio.Future[T | None], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
