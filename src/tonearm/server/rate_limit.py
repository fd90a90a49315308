"""How often a client may ask: a sliding window per client, in memory or in a Redis that several replicas share.

When Redis is away, requests go unlimited. The limit keeps one client from taking more than its share; what keeps
the server from being overrun is the engine's queue, which needs no Redis. To refuse everybody would do an attacker's
work.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from limits import RateLimitItem
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string

from tonearm.config import Settings

log = logging.getLogger(__name__)

_POLICY = "default"
_PATIENCE_SECONDS = 0.25
_PAUSE_SECONDS = 1.0
_CONNECTIONS = 32
"""To Redis at a time. redis-py has at most 100 and fails beyond, so that a burst would go unlimited."""
_MOST_COUNTERS = 10_000
"""At most two for each client. Past them all are forgotten: whoever has thousands of addresses is not held by a limit
per address. That bounds the memory, 3 MB, and the time: `limits` goes through all counters at each request, 1 ms."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may go on, and the fields of draft-ietf-httpapi-ratelimit-headers that say so."""

    allowed: bool = True
    retry_after: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)


class RateLimiter:
    """Counts each request of a client; without a limit, or while Redis is away, every one is allowed."""

    def __init__(
        self,
        limit: RateLimitItem | None,
        storage: str,
        uncounted: Callable[[], None],
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._limit = limit
        self._patience_seconds = patience_seconds
        self._window = _window(storage, patience_seconds) if limit is not None else None
        self._turn = asyncio.Semaphore(_CONNECTIONS)
        self._away = False
        self._ask_again = 0.0
        self._uncounted = uncounted

    @classmethod
    def of(cls, settings: Settings, uncounted: Callable[[], None]) -> RateLimiter:
        """`uncounted` is called for each request that goes unlimited because Redis is away."""
        return cls(settings.limit, settings.rate_limit_storage, uncounted)

    async def take(self, client: str) -> Verdict:
        """Never raises. A Redis that does not answer is waited for 0.25 s, by a few requests once a second."""
        if self._limit is None or self._window is None:
            return Verdict()
        async with self._turn:
            return await self._ask(self._limit, self._window, client)

    async def close(self) -> None:
        """Let the connections to Redis go."""
        bridge = getattr(self._window and self._window.storage, "bridge", None)
        if bridge is not None:
            await bridge.storage.aclose()

    async def _ask(self, limit: RateLimitItem, window: SlidingWindowCounterRateLimiter, client: str) -> Verdict:
        if self._away and time.monotonic() < self._ask_again:
            self._uncounted()
            return Verdict()
        # Before the waiting, so that the requests beside this one do not wait too.
        self._ask_again = time.monotonic() + _PAUSE_SECONDS
        try:
            async with asyncio.timeout(self._patience_seconds):
                verdict = await self._count(limit, window, client)
        except (StorageError, OSError) as error:
            self._uncounted()
            self._went_away(error)
            return Verdict()
        if self._away:
            self._away = False
            log.warning("Redis is back: the rate limit applies again")
        if not verdict.allowed:
            log.info("%s has reached the rate limit", client)
        return verdict

    async def _count(self, limit: RateLimitItem, window: SlidingWindowCounterRateLimiter, client: str) -> Verdict:
        memory = window.storage
        if isinstance(memory, MemoryStorage) and len(memory.storage) > _MOST_COUNTERS:
            log.warning("too many clients for the rate limiter's memory: all counters reset")
            await memory.reset()
        allowed = await window.hit(limit, client)
        reset, remaining = await window.get_window_stats(limit, client)
        seconds = max(1, math.ceil(reset - time.time()))
        return Verdict(
            allowed,
            seconds,
            {
                "RateLimit": f'"{_POLICY}";r={remaining if allowed else 0};t={seconds}',
                "RateLimit-Policy": f'"{_POLICY}";q={limit.amount};w={limit.get_expiry()}',
            },
        )

    def _went_away(self, error: Exception) -> None:
        if not self._away:
            self._away = True
            words = str(error) or f"no answer within {self._patience_seconds:g} s"
            log.warning("Redis is unavailable, so no rate limit applies: %s", words)


def _window(storage: str, patience_seconds: float) -> SlidingWindowCounterRateLimiter:
    if storage == "memory":
        return SlidingWindowCounterRateLimiter(MemoryStorage())
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    return SlidingWindowCounterRateLimiter(
        storage_from_string(
            f"async+{storage}",
            implementation="redispy",
            key_prefix="tonearm",
            wrap_exceptions=True,
            socket_timeout=patience_seconds,
            socket_connect_timeout=patience_seconds,
            # A pooled connection is dead after Redis restarts: the one retry makes a new one.
            retry=Retry(NoBackoff(), 1),  # type: ignore[arg-type]  # it is handed on to redis-py
        )
    )
