"""How often a client may ask, and for how much audio, counted in memory or in a Redis that several replicas share.

When Redis is away, requests go unlimited. The limit keeps one client from taking more than its share; what keeps
the server from being overrun is the engine's queue, which needs no Redis. To refuse everybody would do an attacker's
work.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from limits import RateLimitItem
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter, SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from tonearm.config import Settings
from tonearm.errors import RateLimited
from tonearm.server.counters import Counters

log = logging.getLogger(__name__)
T = TypeVar("T")

_PATIENCE_SECONDS = 0.25
_PAUSE_SECONDS = 1.0
_CONNECTIONS = 32
"""To Redis at a time. redis-py has at most 100 and fails beyond, so that a burst would go unlimited."""
_NO_AUDIO_LEFT = "Too much audio."


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may go on, and the fields of draft-ietf-httpapi-ratelimit-headers that say so."""

    allowed: bool = True
    retry_after: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)
    words: str | None = None
    """What to tell a client whose request may not go on; None for the usual words."""

    def check(self) -> None:
        """Raises RateLimited for a request that may not go on."""
        if not self.allowed:
            raise RateLimited(self.retry_after, self.words)


@dataclass(frozen=True, slots=True)
class _Quota:
    """One limit, and what a client has left of it."""

    name: str
    limit: RateLimitItem
    left: int
    seconds: int
    """Until there is more."""

    @classmethod
    async def of(
        cls,
        name: str,
        limit: RateLimitItem,
        counts: FixedWindowRateLimiter | SlidingWindowCounterRateLimiter,
        client: str,
    ) -> _Quota:
        reset, left = await counts.get_window_stats(limit, client)
        return cls(name, limit, left, max(1, math.ceil(reset - time.time())))


class RateLimiter:
    """Counts requests and seconds of audio of each client; while Redis is away, every request is allowed.

    `audio` is a limit in seconds of audio. How long the audio of a request is shows when it was analysed, so a client
    is refused once it has used up its seconds, and its last request may exceed them.
    """

    def __init__(
        self,
        limit: RateLimitItem | None,
        storage: str,
        uncounted: Callable[[], None],
        patience_seconds: float = _PATIENCE_SECONDS,
        audio: RateLimitItem | None = None,
    ) -> None:
        self._limit = limit
        self._audio = audio
        self._patience_seconds = patience_seconds
        self._requests = SlidingWindowCounterRateLimiter(_storage(storage, patience_seconds)) if limit else None
        self._seconds = FixedWindowRateLimiter(_storage(storage, patience_seconds)) if audio else None
        self._turn = asyncio.Semaphore(_CONNECTIONS)
        self._charges: set[asyncio.Task[None]] = set()
        self._away = False
        self._ask_again = 0.0
        self._uncounted = uncounted

    @classmethod
    def of(cls, settings: Settings, uncounted: Callable[[], None]) -> RateLimiter:
        """`uncounted` is called for each request that goes unlimited because Redis is away."""
        return cls(settings.limit, settings.rate_limit_storage, uncounted, audio=settings.audio_limit)

    async def take(self, client: str) -> Verdict:
        """Never raises. A Redis that does not answer is waited for 0.25 s, by a few requests once a second."""
        if self._limit is None and self._audio is None:
            return Verdict()
        async with self._turn:
            verdict = await self._ask(lambda: self._count(client))
        if verdict is None:
            self._uncounted()
            return Verdict()
        if not verdict.allowed:
            log.info("%s has reached the rate limit", client)
        return verdict

    def charge(self, client: str, audio_seconds: float) -> None:
        """Count what an analysis has taken of the client's seconds of audio. Returns at once, and never raises."""
        if self._audio is not None and audio_seconds > 0:
            charge = asyncio.get_running_loop().create_task(self._charge(client, math.ceil(audio_seconds)))
            self._charges.add(charge)
            charge.add_done_callback(self._charges.discard)

    async def close(self) -> None:
        """Let the connections to Redis go."""
        await asyncio.gather(*self._charges)
        for counts in (self._requests, self._seconds):
            bridge = getattr(counts and counts.storage, "bridge", None)
            if bridge is not None:
                await bridge.storage.aclose()

    async def _charge(self, client: str, seconds: int) -> None:
        audio, counts = self._audio, self._seconds
        assert audio is not None
        assert counts is not None
        async with self._turn:
            await self._ask(lambda: counts.hit(audio, client, cost=seconds))

    async def _ask(self, count: Callable[[], Awaitable[T]]) -> T | None:
        """What counting gives; None while Redis is away."""
        if self._away and time.monotonic() < self._ask_again:
            return None
        # Before the waiting, so that the requests beside this one do not wait too.
        self._ask_again = time.monotonic() + _PAUSE_SECONDS
        try:
            async with asyncio.timeout(self._patience_seconds):
                counted = await count()
        except (StorageError, OSError) as error:
            self._went_away(error)
            return None
        if self._away:
            self._away = False
            log.warning("Redis is back: the rate limit applies again")
        return counted

    async def _count(self, client: str) -> Verdict:
        quotas = []
        allowed = True
        words = None
        if self._audio is not None and self._seconds is not None:
            quotas.append(await _Quota.of("audio", self._audio, self._seconds, client))
            if not quotas[0].left:
                allowed, words = False, _NO_AUDIO_LEFT
        retry_after = quotas[0].seconds if quotas else 0
        if self._limit is not None and self._requests is not None:
            if allowed:
                allowed = await self._requests.hit(self._limit, client)
                quota = await _Quota.of("default", self._limit, self._requests, client)
                retry_after = quota.seconds
                quotas.insert(0, quota if allowed else replace(quota, left=0))
            else:
                quotas.insert(0, await _Quota.of("default", self._limit, self._requests, client))
        return Verdict(allowed, retry_after, _fields(quotas), words)

    def _went_away(self, error: Exception) -> None:
        if not self._away:
            self._away = True
            words = str(error) or f"no answer within {self._patience_seconds:g} s"
            log.warning("Redis is unavailable, so no rate limit applies: %s", words)


def _fields(quotas: Sequence[_Quota]) -> dict[str, str]:
    return {
        "RateLimit": ", ".join(f'"{quota.name}";r={quota.left};t={quota.seconds}' for quota in quotas),
        "RateLimit-Policy": ", ".join(
            f'"{quota.name}";q={quota.limit.amount};w={quota.limit.get_expiry()}'
            + (';qu="audio-seconds"' if quota.name == "audio" else "")
            for quota in quotas
        ),
    }


def _storage(storage: str, patience_seconds: float) -> Counters | RedisStorage:
    if storage == "memory":
        return Counters()
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    return RedisStorage(
        f"async+{storage}",
        implementation="redispy",
        key_prefix="tonearm",
        wrap_exceptions=True,
        socket_timeout=patience_seconds,
        socket_connect_timeout=patience_seconds,
        # A pooled connection is dead after Redis restarts: the one retry makes a new one.
        retry=Retry(NoBackoff(), 1),  # type: ignore[arg-type]  # it is handed on to redis-py
    )
