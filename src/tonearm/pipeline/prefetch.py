"""An iterator that works ahead of its reader, in a thread of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import copy_context
from queue import Full, Queue
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")

_DEPTH = 4


class _End:
    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def prefetch(items: Iterator[T]) -> Iterator[T]:
    """The same items in the same order, and at its place whatever `items` raises.

    While the reader works on one item, up to four more are made. It pays where both release the GIL, as decoding and
    the compiled features do.
    """
    queue: Queue[T | _End] = Queue(_DEPTH)
    closed = Event()
    # In the reader's context, so that what it logs names the request too.
    thread = Thread(target=copy_context().run, args=(_work, items, queue, closed), name="ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := queue.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        closed.set()


def _work(items: Iterator[T], queue: Queue[T | _End], closed: Event) -> None:
    try:
        for item in items:
            _put(queue, item, closed)
            if closed.is_set():
                return
    except BaseException as error:  # noqa: BLE001  # it is raised again where the reader is
        _put(queue, _End(error), closed)
    else:
        _put(queue, _End(None), closed)


def _put(queue: Queue[T | _End], item: T | _End, closed: Event) -> None:
    while not closed.is_set():
        try:
            queue.put(item, timeout=0.5)
        except Full:
            continue
        return
