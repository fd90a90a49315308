"""A share of the event loop for connections that have more to parse than one slice of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

SLICES = 2
"""Per turn of the loop. A slice is a millisecond at most, and a request takes several turns."""


class Turns:
    """Runs slices in the order in which they were asked for, at most `SLICES` in each turn of the loop."""

    def __init__(self) -> None:
        self._slices: deque[Callable[[], None]] = deque()
        self._scheduled = False

    def later(self, run: Callable[[], None]) -> None:
        self._slices.append(run)
        self._schedule()

    def _schedule(self) -> None:
        if self._slices and not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._scheduled = False
        for _ in range(min(SLICES, len(self._slices))):
            self._slices.popleft()()
        self._schedule()
