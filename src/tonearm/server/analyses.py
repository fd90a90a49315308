"""How an analysis is started for a request, whichever endpoint that came to: counted, recorded and under the limits."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import AbstractAsyncContextManager, aclosing

from starlette.types import Scope

from tonearm.config import Settings
from tonearm.engine import Engine
from tonearm.errors import EngineFull
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.cost import Cost
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job
from tonearm.protocol.spec import Spec
from tonearm.server import correlation
from tonearm.server.access_log import recorder
from tonearm.server.authentication import key_name
from tonearm.server.client_address import client_id
from tonearm.server.drain import Drain
from tonearm.server.metrics import Metrics
from tonearm.server.rate_limit import RateLimiter, Verdict
from tonearm.sources.fetch import Fetcher

Audio = AbstractAsyncContextManager[AsyncIterable[bytes]]


class Analyses:
    """What endpoints need of the engine. The scope of a request says whose it is."""

    def __init__(
        self, engine: Engine, settings: Settings, limiter: RateLimiter, metrics: Metrics, drain: Drain
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._limiter = limiter
        self._metrics = metrics
        self._drain = drain
        self._fetcher = Fetcher.of(settings)

    @property
    def catalog(self) -> Catalog:
        return self._engine.catalog

    async def quota(self, scope: Scope) -> Verdict:
        """Count the request: whether the client may make it, and what it has left."""
        return await self._limiter.take(self._client(scope))

    def job(self, scope: Scope, specs: Iterable[Spec], partial_seconds: float | None = None) -> Job:
        """Raises what `Catalog.resolve` raises."""
        return Job(
            tasks=self.catalog.resolve(specs),
            caps=self._settings.caps,
            partial_seconds=partial_seconds,
            correlation_id=scope["state"][correlation.STATE],
        )

    def check_room(self, scope: Scope) -> None:
        """Raises EngineFull."""
        room = self._engine.room(self._client(scope))
        if not room.free:
            raise EngineFull(room.retry_after)

    def download(self, scope: Scope, url: str) -> Audio:
        """The audio at an address, which it reads like any other client. Raises what `Fetcher.open` raises."""
        return self._fetcher.open(url, self._client(scope))

    def run(self, scope: Scope, job: Job, audio: Audio) -> AsyncGenerator[Event, None]:
        """The events of the job. Raises what `Engine.analyze` raises, and ShuttingDown at the end of the server."""
        return self._drain.until_over(self._events(scope, job, audio))

    async def _events(self, scope: Scope, job: Job, audio: Audio) -> AsyncGenerator[Event, None]:
        recording = recorder(scope)
        client = self._client(scope)

        def report(cost: Cost) -> None:
            recording.cost(cost)
            self._metrics.analysed(cost, key_name(scope))
            self._limiter.charge(client, cost.audio_seconds)

        async with (
            audio as pieces,
            aclosing(self._engine.analyze(recording.count(pieces), job, report, client)) as events,
        ):
            async for event in events:
                yield event

    def _client(self, scope: Scope) -> str:
        return client_id(scope, self._settings.trusted_proxies)
