"""The client for code without asyncio: the asynchronous one, in a thread of its own while a call lasts."""

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
    """Analyses audio on a server. The audio goes on being sent while the caller looks at an event.

    See AsyncClient, whose parameters and errors it has.
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

    def stream(self, audio: Audio, models: str | Iterable[str]) -> Generator[StreamEvent, None, None]:
        """The events of an analysis, each as soon as it arrives; see AsyncClient.stream."""
        events = _follow(self._client.stream(audio, models))
        _unfinished.add(events)
        return events

    def analyze(self, audio: Audio, models: str | Iterable[str]) -> Analysis:
        """All results in one document; see AsyncClient.analyze."""
        return analysis_of(self.stream(audio, models), models)

    def models(self) -> list[ModelCard]:
        """Every model that the server knows, whether or not it can run there."""
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
    """End what is still open while there are threads: later it would wait for one for ever."""
    for events in list(_unfinished):
        with suppress(ValueError):  # another thread, which ends with the interpreter, waits for its next event
            events.close()
