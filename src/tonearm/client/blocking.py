"""The client for code without asyncio. It runs the asynchronous client in a thread for the duration of each call."""

from __future__ import annotations

import atexit
from collections.abc import AsyncGenerator, Generator, Iterable
from contextlib import suppress
from weakref import WeakSet

from anyio.from_thread import start_blocking_portal

from tonearm.client.analysis import analysis_of
from tonearm.client.asynchronous import AsyncClient
from tonearm.protocol.catalog import ModelCard
from tonearm.protocol.messages import StreamEvent
from tonearm.results.analysis import Analysis
from tonearm.sources.body import Audio


class Client:
    """Analyses audio on a server. The upload continues while the caller handles an event.

    Parameters and exceptions are those of AsyncClient.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        api_key: str | None = None,
        retries: int = 5,
        patience: float = 120.0,
    ) -> None:
        self._client = AsyncClient(url, api_key=api_key, retries=retries, patience=patience)

    def stream(
        self, audio: Audio, models: str | Iterable[str], *, partial: float | None = None
    ) -> Generator[StreamEvent, None, None]:
        """Yield the events of an analysis as they arrive; see AsyncClient.stream."""
        events = _follow(self._client.stream(audio, models, partial=partial))
        _unfinished.add(events)
        return events

    def analyze(self, audio: Audio, models: str | Iterable[str]) -> Analysis:
        """Return all results in one document; see AsyncClient.analyze."""
        return analysis_of(self.stream(audio, models), models)

    def models(self) -> list[ModelCard]:
        """Return every model the server knows, including those it cannot run."""
        with start_blocking_portal() as portal:
            return portal.call(self._client.models)


def _follow(events: AsyncGenerator[StreamEvent, None]) -> Generator[StreamEvent, None, None]:
    async def following() -> StreamEvent | None:
        return await anext(events, None)

    with start_blocking_portal() as portal:
        while (event := portal.call(following)) is not None:
            try:
                yield event
            except BaseException:
                portal.call(events.aclose)
                raise


_unfinished: WeakSet[Generator[StreamEvent, None, None]] = WeakSet()


@atexit.register
def _hang_up() -> None:
    """Close open streams while threads still run; later, closing one would block forever."""
    for events in list(_unfinished):
        with suppress(ValueError):  # another thread waits for its next event, and ends with the interpreter
            events.close()
