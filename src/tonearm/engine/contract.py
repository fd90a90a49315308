"""The contract that every engine keeps."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from dataclasses import dataclass
from typing import Protocol

from tonearm.protocol.catalog import Catalog
from tonearm.protocol.cost import Cost
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job


@dataclass(frozen=True, slots=True)
class Room:
    """How many more requests would be taken now, and in how many seconds one more may be when it is none."""

    free: int
    retry_after: float


@dataclass(frozen=True, slots=True)
class Load:
    """What an engine has and does now."""

    alive: int
    """Workers that can serve or are serving."""
    busy: int
    """Workers taken by a request, or about to come back from one."""
    waiting: int
    """Requests that wait for a worker."""
    replaced: int
    """Workers that ended and were replaced, since the start."""


Report = Callable[[Cost], None]


def no_report(cost: Cost) -> None:
    """For who does not want to know what an analysis cost."""


class Engine(Protocol):
    async def start(self) -> None:
        """Return once analyses can run at full speed: imports done, code compiled, caches warm."""

    async def stop(self) -> None:
        """End every worker."""

    @property
    def catalog(self) -> Catalog:
        """The models that the workers can run. Only after `start`."""

    @property
    def ready(self) -> bool:
        """Whether at least one worker is able to serve."""

    def room(self, client: str | None = None) -> Room:
        """For anybody, or for this client, who may get what another one has too much of."""

    def load(self) -> Load: ...

    def analyze(
        self, audio: AsyncIterable[bytes], job: Job, report: Report = no_report, client: str = ""
    ) -> AsyncGenerator[Event, None]:
        """Run the job's models over the audio; the events of tonearm.pipeline.filter.analyze, in its order.

        Before the first event it raises AudioError for bytes that are no audio, EngineFull without room, and WorkerLost
        when the worker died; after the first event a lost worker is an `error` event and `finished`. What `audio`
        raises is raised here, at any time. Closing the generator cancels the analysis and frees its worker.

        Clients share the workers evenly, as far as `client` tells them apart.

        `report` is called once with what the analysis cost: before the generator ends, or soon after it was closed or
        has raised. A worker that was lost reports nothing.
        """
