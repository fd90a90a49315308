"""Analysis on a server."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from types import TracebackType

from tonearm.cli.backend import PARTIAL_SECONDS, BatchAborted, Outcome
from tonearm.cli.reading import At, opened
from tonearm.cli.so_far import Told
from tonearm.cli.source import Kind, Source, words
from tonearm.client import AsyncClient, Audio
from tonearm.errors import ConnectionLost, TonearmError, Unauthorized
from tonearm.protocol.catalog import Catalog, ModelCard
from tonearm.protocol.job import Task
from tonearm.protocol.messages import Partial, StreamEvent
from tonearm.protocol.spec import written
from tonearm.results.analysis import Analysis
from tonearm.results.gather import failed

_WAITS = (1.0, 2.0, 4.0, 8.0)
"""Seconds until a server that was lost is tried again: it may have been started anew."""
_RETRIES = 1000
"""How often a server that is busy may ask to come later: whoever gives it a folder wants all of it done."""

_NO_KEY = "The server requires an API key that it knows: set TONEARM_API_KEY or --api-key."


class RemoteBackend:
    def __init__(self, url: str, api_key: str | None) -> None:
        """Raises ValueError where the URL is not a server's."""
        self._client = AsyncClient(url, api_key=api_key, retries=_RETRIES)
        self._url = url.rstrip("/")
        self._has_key = api_key is not None
        self.listing = f"{self._url}/v1/models"

    async def __aenter__(self) -> Catalog:
        return Catalog(cards=tuple(await self._known()))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """It holds no connection between requests."""

    async def analyze(self, source: Source, tasks: tuple[Task, ...], at: At, told: Told | None) -> Outcome:
        for wait in _WAITS:
            try:
                return await self._try(source, tasks, at, told)
            except ConnectionLost as error:
                if source.kind is Kind.STDIN:
                    return Outcome(source, failed(words(error), tasks))
            await asyncio.sleep(wait)
        try:
            return await self._try(source, tasks, at, told)
        except ConnectionLost as error:
            # It may be gone, or only unable to take this source.
            await self._known()
            return Outcome(source, failed(words(error), tasks))

    async def _try(self, source: Source, tasks: tuple[Task, ...], at: At, told: Told | None) -> Outcome:
        try:
            if source.kind is Kind.URL:
                analysis = await self._analysis(source.name, tasks, told)
            else:
                with opened(source, at) as file:
                    analysis = await self._analysis(file, tasks, told)
        except ConnectionLost:
            raise
        except Unauthorized as error:
            raise BatchAborted(self._not_let_in(error)) from error
        except (TonearmError, OSError) as error:
            analysis = failed(words(error), tasks)
        return Outcome(source, analysis)

    async def _analysis(self, audio: Audio, tasks: tuple[Task, ...], told: Told | None) -> Analysis:
        models = ",".join(map(_as_requested, tasks))
        events: list[StreamEvent] = []
        partial = None if told is None else PARTIAL_SECONDS
        async with aclosing(self._client.stream(audio, models, partial=partial)) as stream:
            async for event in stream:
                if told is not None and isinstance(event, Partial):
                    told(event)
                else:
                    events.append(event)
        return Analysis.of(events, [task.requested for task in tasks])

    async def _known(self) -> list[ModelCard]:
        """The models of the server. Raises BatchAborted where it is not there, or does not let us in."""
        try:
            return await self._client.models()
        except ConnectionLost as error:
            raise BatchAborted(str(error)) from error
        except Unauthorized as error:
            raise BatchAborted(self._not_let_in(error)) from error
        except TonearmError as error:
            raise BatchAborted(f"{self._url}: {error}") from error

    def _not_let_in(self, error: Unauthorized) -> str:
        """A key may have expired, which the server says."""
        return f"{self._url}: {error}" if self._has_key else _NO_KEY


def _as_requested(task: Task) -> str:
    """In the syntax of a request: a name that has several sets of parameters has them in it already."""
    return task.requested if ":" in task.requested else f"{task.requested}:{task.version}{written(task.parameters)}"
