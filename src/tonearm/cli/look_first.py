"""A backend that looks whether a source is a track that is known already, before it is analysed."""

from __future__ import annotations

from types import TracebackType

from tonearm.cli.backend import Backend, Outcome
from tonearm.cli.listing import stored_name
from tonearm.cli.reading import At
from tonearm.cli.so_far import Told
from tonearm.cli.source import Source
from tonearm.parquet.known import Known
from tonearm.parquet.track import AUDIO, track_of
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task


class LookFirst:
    """While known tracks are missing from where they were, `audio:1` runs alone first.

    That decodes a source twice where it is new after all, so nobody looks while nothing is missing.
    """

    def __init__(self, backend: Backend, known: Known) -> None:
        self._backend, self._known = backend, known
        self.listing = backend.listing

    async def __aenter__(self) -> Catalog:
        return await self._backend.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._backend.__aexit__(kind, error, trace)

    async def analyze(self, source: Source, tasks: tuple[Task, ...], at: At, told: Told | None) -> Outcome:
        if self._known.some_may_have_moved:
            (audio,) = (task for task in tasks if (task.name, task.version) == AUDIO)
            looked = await self._backend.analyze(source, (audio,), at, None)
            result = looked.analysis.results.get(audio.requested)
            if result is None or (
                not looked.analysis.errors and self._known.has(track_of(result, stored_name(source)))
            ):
                return looked
        return await self._backend.analyze(source, tasks, at, told)
