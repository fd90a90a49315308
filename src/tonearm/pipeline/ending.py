"""The end of the models: each computes its result in a thread of its own and within a time of its own.

The next one begins when one is done, or has taken long. So a model that computes for minutes, or for ever, keeps
nobody's result back, as long as it lets other threads run: Python does, and so does compiled code without the GIL.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")

_HEAD_START = 0.25
"""Seconds after which the next one begins beside one that is not done."""
_LOOK = 0.5
"""Seconds between two looks at the time that each has taken."""
_WORKING = 0.1
"""The share of a core that a thread takes if it works and does not wait."""


class Overdue(Exception):
    """Given up after its time; `cpu_seconds` is what it has used of it."""

    def __init__(self, cpu_seconds: float) -> None:
        super().__init__(cpu_seconds)
        self.cpu_seconds = cpu_seconds


def each_in_time(
    calls: Iterable[tuple[K, Callable[[], T]]], seconds: float, looked: Callable[[], None]
) -> Iterator[tuple[K, T | Exception]]:
    """Make each call in a thread, and yield its key and what it returned in the order in which they are done.

    `seconds` are the CPU time that each may take; while it takes none, the time that it waits. One that takes more is
    yielded with Overdue, and goes on in its thread: see `any_overdue`. `looked` is called twice a second and more.
    Raises what a call raises.
    """
    done: SimpleQueue[_Run[K, T]] = SimpleQueue()
    running: set[_Run[K, T]] = set()
    before = time.monotonic()

    def look(wait: float) -> Iterator[tuple[K, T | Exception]]:
        nonlocal before
        for run in _taken(done, wait):
            # What is done after it was given up comes too late.
            if run in running:
                running.remove(run)
                yield run.key, run.outcome.result()
        now = time.monotonic()
        # If this thread could not run for longer, neither could those that wait.
        passed, before = min(_LOOK, now - before), now
        for run in [run for run in running if run.spent(passed) > seconds]:
            running.remove(run)
            run.overdue = True
            yield run.key, Overdue(run.cpu_seconds)
        looked()

    for key, call in calls:
        newest = _Run(key, call, done)
        try:
            newest.start()
        except RuntimeError as error:  # there is no memory for one more thread
            yield key, error
            continue
        running.add(newest)
        until = time.monotonic() + _HEAD_START
        while newest in running and (left := until - time.monotonic()) > 0:
            yield from look(left)
    while running:
        yield from look(_LOOK)


def any_overdue() -> bool:
    """Whether a call that was given up is still at work: only the end of the process ends it."""
    return any(isinstance(thread, _Run) and thread.overdue for thread in threading.enumerate())


class _Run(threading.Thread, Generic[K, T]):
    """One call. It puts itself into `done` when its `outcome` is there."""

    def __init__(self, key: K, call: Callable[[], T], done: SimpleQueue[_Run[K, T]]) -> None:
        super().__init__(name="finish", daemon=True)
        self.key = key
        self.outcome: Future[T] = Future()
        self.overdue = False
        self.cpu_seconds = 0.0
        """Up to the last look."""
        self._call = call
        self._done = done
        # In the caller's context, so that what it logs names the request too.
        self._context = copy_context()
        self._clock: int | None = None
        self._spent = 0.0

    def run(self) -> None:
        if sys.platform == "linux":
            self._clock = time.pthread_getcpuclockid(threading.get_ident())
        try:
            self.outcome.set_result(self._context.run(self._call))
        except BaseException as error:  # noqa: BLE001  # it is raised again where the outcome is wanted
            self.outcome.set_exception(error)
        self._done.put(self)

    def spent(self, passed: float) -> float:
        """Seconds of its time up to now, `passed` of them after the last look."""
        used = 0.0
        # A system that does not tell what a thread has used tells how long it has been at work.
        if self._clock is not None:
            # It may have just ended.
            with suppress(OSError):
                used = time.clock_gettime(self._clock) - self.cpu_seconds
        self.cpu_seconds += used
        self._spent += used if used > _WORKING * passed else passed
        return self._spent


def _taken(queue: SimpleQueue[T], wait: float) -> Iterator[T]:
    """All that is in the queue, after waiting for the first."""
    with suppress(Empty):
        yield queue.get(timeout=wait)
        while True:
            yield queue.get_nowait()
