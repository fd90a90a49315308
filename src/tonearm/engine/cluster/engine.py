"""The engine on a Ray cluster: pools whose workers are on its machines."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from tonearm.config import Range
from tonearm.engine.cluster.connection import connect, disconnect
from tonearm.engine.cluster.remote_handle import RemoteHandle
from tonearm.engine.contract import Load, Report, Room, no_report
from tonearm.engine.handle import Handle
from tonearm.engine.pool import Pool
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job

_CPU = {"CPU": 1.0}


@dataclass(frozen=True, slots=True)
class Group:
    """Workers of one kind: how many, and what each needs of a machine besides a CPU, as Ray names it."""

    size: Range
    needs: Mapping[str, float] = field(default_factory=dict)


class RayEngine:
    """Workers for everything, and, if `networks` are given, others for the requests that have a network among their
    models: these run there whole, so that nothing is decoded twice.

    `environment` has the settings that workers get of this process and not of their machine. The rest is as for
    `LocalEngine`.
    """

    def __init__(
        self,
        address: str,
        workers: Group,
        networks: Group | None,
        queue: int,
        stall_seconds: float,
        log_level: str,
        environment: Mapping[str, str],
        models: str | None = None,
        buffer_bytes: int = 0,
        queue_seconds: float = math.inf,
    ) -> None:
        self._address = address
        self._log_level = log_level
        self._environment = environment
        self._models = models
        self._rest: str | None = None
        """The models that are no networks, where these have workers of their own."""
        groups = [workers] if networks is None else [networks, workers]
        self._pools = [
            Pool(
                self._spawning(group, group is workers),
                group.size,
                queue,
                stall_seconds,
                buffer_bytes // len(groups),
                queue_seconds,
            )
            for group in groups
        ]
        self._networks: frozenset[tuple[str, int]] = frozenset()

    async def start(self) -> None:
        await connect(self._address)
        try:
            for pool in self._pools:
                await pool.start()
                if len(self._pools) > 1:
                    self._tell_apart(self.catalog)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        for pool in self._pools:
            await pool.stop()
        disconnect()

    @property
    def catalog(self) -> Catalog:
        return self._pools[0].catalog

    @property
    def ready(self) -> bool:
        return all(pool.ready for pool in self._pools)

    def room(self, client: str | None = None) -> Room:
        rooms = [pool.room(client) for pool in self._pools]
        return Room(sum(room.free for room in rooms), min(room.retry_after for room in rooms))

    def load(self) -> Load:
        loads = [pool.load() for pool in self._pools]
        return Load(
            alive=sum(load.alive for load in loads),
            busy=sum(load.busy for load in loads),
            waiting=sum(load.waiting for load in loads),
            replaced=sum(load.replaced for load in loads),
        )

    async def analyze(
        self, audio: AsyncIterable[bytes], job: Job, report: Report = no_report, client: str = ""
    ) -> AsyncGenerator[Event, None]:
        heavy = any((task.name, task.version) in self._networks for task in job.tasks)
        pool = self._pools[0 if heavy else -1]
        async with aclosing(pool.analyze(audio, job, report, client)) as events:
            async for event in events:
                yield event

    def _spawning(self, group: Group, general: bool) -> Callable[[], Awaitable[Handle]]:
        def spawn() -> Awaitable[Handle]:
            models = self._rest if general and self._rest else self._models
            return RemoteHandle.spawn(_CPU | dict(group.needs), self._environment, self._log_level, models)

        return spawn

    def _tell_apart(self, catalog: Catalog) -> None:
        """Which models are for the workers with networks. The others need not load what only these use."""
        self._networks = frozenset((card.name, card.version) for card in catalog.cards if card.network)
        if self._models is None:
            rest = [card for card in catalog.cards if not card.network and not card.unavailable]
            self._rest = ",".join(f"{card.name}:{card.version}" for card in rest)
