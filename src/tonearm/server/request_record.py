"""What one request for an analysis turns out to be: gathered while it is served, told once when it has ended."""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from tonearm.errors import ClientGone
from tonearm.protocol.cost import Cost
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job
from tonearm.server.web_socket import SWITCHING
from tonearm.sources.url import plain


@dataclass(frozen=True, slots=True)
class RequestRecord:
    analysis: bool
    """Whether an analysis was requested, as far as the request was understood."""
    outcome: str
    models: list[str]
    audio_url: str | None
    """Scheme and host alone."""
    bytes_in: int
    audio_seconds: float | None


class Recorder:
    """The only one who writes down what happens to a request. Others call its methods as things happen."""

    def __init__(self) -> None:
        self._models: list[str] = []
        self._audio_url: str | None = None
        self._bytes_in = 0
        self._audio_seconds: float | None = None
        self._failed = False
        self._finished = False
        self._stopped = False
        self._requested = False
        self._refusal: int | None = None

    def requested(self, job: Job, url: str | None) -> None:
        self._requested = True
        self._models = [f"{task.name}:{task.version}" for task in job.tasks]
        self._audio_url = origin(url) if url else None

    async def count(self, audio: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        """The same bytes."""
        async for chunk in audio:
            self._bytes_in += len(chunk)
            yield chunk

    def sent(self, event: Event) -> None:
        """The client has got this event."""
        self._failed |= event.status == "error"
        self._finished |= event.status == "finished"

    def stopped(self) -> None:
        """The server ends before the analysis."""
        self._stopped = True

    def refused(self, status: int) -> None:
        """The analysis was refused, or broke off, inside a response that had begun: with what would be its status."""
        self._requested = True
        self._refusal = status

    def cost(self, cost: Cost) -> None:
        self._audio_seconds = cost.audio_seconds

    def record(self, status: int) -> RequestRecord:
        """What there is to tell of a request that was answered with this status, 0 if it was not."""
        return RequestRecord(
            self._requested,
            self._outcome(self._refusal or status),
            self._models,
            self._audio_url,
            self._bytes_in,
            self._audio_seconds,
        )

    def _outcome(self, status: int) -> str:
        if status in {0, SWITCHING, ClientGone.status} or (status == 200 and not self._finished):
            return "client_gone"
        if status != 200:
            return str(status)
        if self._stopped:
            return "stopped"
        return "error" if self._failed else "completed"


def origin(url: str) -> str:
    """Scheme and host of a URL; a question mark if it has none."""
    try:
        parts = urlsplit(plain(url))
        host = parts.hostname
    except ValueError:
        return "?"
    if parts.scheme not in {"http", "https"} or not host or not re.fullmatch(r"[\w.:-]{1,253}", host, re.ASCII):
        return "?"
    return f"{parts.scheme}://[{host}]" if ":" in host else f"{parts.scheme}://{host}"
