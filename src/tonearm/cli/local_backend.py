"""Analysis in worker processes, which see one source at a time: a hostile one costs only itself."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from ipaddress import ip_network
from types import TracebackType

from tonearm.cli.backend import PARTIAL_SECONDS, BatchAborted, Outcome
from tonearm.cli.reading import At, opened
from tonearm.cli.so_far import Told
from tonearm.cli.source import Kind, Source, words
from tonearm.config import Settings
from tonearm.engine.chosen import for_sources
from tonearm.errors import TonearmError, WorkerLost
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.cost import Cost
from tonearm.protocol.job import Job, Task
from tonearm.protocol.messages import Partial
from tonearm.results.gather import Gathering
from tonearm.sources.body import body

_ANYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
"""Whoever gives an address to their own machine may mean one in their own network."""


class LocalBackend:
    listing = "`tonearm models list`"

    def __init__(self, jobs: int, models: str, settings: Settings) -> None:
        self._engine = for_sources(jobs, models, settings)
        self._settings = settings

    async def __aenter__(self) -> Catalog:
        # What happens to a worker is told as what became of its source.
        logging.getLogger("tonearm.engine").setLevel(logging.CRITICAL)
        try:
            await self._engine.start()
        except WorkerLost as error:
            words = "No worker process could be started. Run `tonearm doctor` to find out why."
            raise BatchAborted(words if self._settings.engine == "local" else str(error)) from error
        return self._engine.catalog

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._engine.stop()

    async def analyze(self, source: Source, tasks: tuple[Task, ...], at: At, told: Told | None) -> Outcome:
        job = Job(tasks=tasks, caps=self._settings.caps, partial_seconds=None if told is None else PARTIAL_SECONDS)
        gathering = Gathering(tasks)
        cost = Cost()

        def report(stats: Cost) -> None:
            nonlocal cost
            cost = stats

        try:
            async with self._audio(source, at) as audio, aclosing(self._engine.analyze(audio, job, report)) as stream:
                async for event in stream:
                    if told is not None and event.status == "partial":
                        told(Partial.model_validate_json(event.data))
                    else:
                        gathering.add(event)
        except (TonearmError, OSError) as error:
            gathering.fail(words(error))
        return Outcome(source, gathering.analysis(), cost.audio_seconds)

    @asynccontextmanager
    async def _audio(self, source: Source, at: At) -> AsyncIterator[AsyncIterator[bytes]]:
        if source.kind is Kind.URL:
            # Deferred: most sources are files.
            from tonearm.sources.fetch import Fetcher

            async with Fetcher.of(self._settings, allow=_ANYWHERE).open(source.name) as pieces:
                yield pieces
        else:
            with opened(source, at) as file:
                yield body(file).pieces()
