"""The counts of a rate limit in memory: constant time for each request, and bounded memory.

The storage in memory of `limits` goes through all its counters at each request.
"""

from __future__ import annotations

import time
from math import floor
from typing import NamedTuple

from limits.aio.storage import SlidingWindowCounterSupport, Storage

MOST_CLIENTS = 120_000
"""40 MB. Beyond, the client that asked least recently is forgotten."""


class _Count(NamedTuple):
    window: int
    """Number of the current window since 1970."""
    previous: int
    current: int
    expires: float


class Counters(Storage, SlidingWindowCounterSupport):
    """Counters of one limit."""

    def __init__(self, most: int = MOST_CLIENTS) -> None:
        super().__init__()
        self._most = most
        # The client that asked least recently is the first.
        self._counts: dict[str, _Count] = {}

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return ValueError

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count in a window that starts with the first amount."""
        now = time.time()
        count = self._counts.get(key)
        if count is None or count.expires <= now:
            count = _Count(0, 0, 0, now + expiry)
        count = count._replace(current=count.current + amount)
        self._keep(key, count)
        return count.current

    async def get(self, key: str) -> int:
        count = self._counts.get(key)
        return count.current if count is not None and count.expires > time.time() else 0

    async def get_expiry(self, key: str) -> float:
        count = self._counts.get(key)
        return time.time() if count is None else count.expires

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = time.time()
        count = self._count(key, expiry, now)
        weighted = count.previous * (1 - (now / expiry) % 1) + count.current
        if floor(weighted) + amount > limit:
            return False
        self._keep(key, count._replace(current=count.current + amount))
        return True

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """The count of the previous window and its seconds left, and those of the current one."""
        now = time.time()
        count = self._count(key, expiry, now)
        left = (1 - (now / expiry) % 1) * expiry
        return count.previous, left if count.previous else 0.0, count.current, left + expiry

    async def clear_sliding_window(self, key: str, expiry: int) -> None:
        await self.clear(key)

    async def clear(self, key: str) -> None:
        self._counts.pop(key, None)

    async def reset(self) -> int | None:
        number = len(self._counts)
        self._counts.clear()
        return number

    async def check(self) -> bool:
        return True

    def _count(self, key: str, expiry: int, now: float) -> _Count:
        window = floor(now / expiry)
        count = self._counts.get(key)
        expires = (window + 2.0) * expiry
        if count is None or count.window < window - 1:
            return _Count(window, 0, 0, expires)
        return count if count.window == window else _Count(window, count.current, 0, expires)

    def _keep(self, key: str, count: _Count) -> None:
        self._counts.pop(key, None)
        self._counts[key] = count
        now = time.time()
        # Two for each that comes, so that those that have expired do not pile up.
        for _ in range(2):
            first = next(iter(self._counts))
            if self._counts[first].expires <= now or len(self._counts) > self._most:
                del self._counts[first]
