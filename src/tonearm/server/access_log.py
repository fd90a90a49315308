"""One line, and one count, for each request when it has ended.

Neither says anything that only the client should know: no query, no header, of an audio-url the scheme and host alone.
"""

from __future__ import annotations

import logging
import re
from asyncio import CancelledError
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tonearm.config import Network
from tonearm.errors import ClientGone
from tonearm.logs import Field
from tonearm.protocol.cost import Cost
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job
from tonearm.server.client_address import client_address
from tonearm.server.metrics import ANALYSIS, Metrics
from tonearm.web.routes import FILES

log = logging.getLogger(__name__)

_STATE = "access"
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_PLAIN_PATH = re.compile(r"/[\w./-]{0,99}", re.ASCII)


@dataclass(slots=True)
class Access:
    """What one request turns out to be, filled in while it is served."""

    status: int = 0
    models: list[str] = field(default_factory=list)
    audio_url: str | None = None
    bytes_in: int = 0
    audio_seconds: float | None = None
    errors: int = 0
    finished: bool = False
    """Whether the client has got all of its answer."""

    @classmethod
    def of(cls, scope: Scope) -> Access:
        """That of the request; made by AccessLog."""
        access: Access = scope["state"][_STATE]
        return access

    def asks(self, job: Job, url: str | None) -> None:
        self.models = [f"{task.name}:{task.version}" for task in job.tasks]
        self.audio_url = origin(url) if url else None

    async def count(self, audio: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        """The same bytes."""
        async for chunk in audio:
            self.bytes_in += len(chunk)
            yield chunk

    async def watch(self, events: AsyncGenerator[Event, None]) -> AsyncGenerator[Event, None]:
        """The same events."""
        async with aclosing(events):
            try:
                async for event in events:
                    self.errors += event.status == "error"
                    yield event
            except ClientGone:
                raise
            except Exception:
                # The answer tells the client and ends.
                self.errors += 1
                raise

    @property
    def outcome(self) -> str:
        if self.status != 200:
            return "client_gone" if self.status == ClientGone.status else str(self.status)
        if not self.finished:
            return "client_gone"
        return "error" if self.errors else "completed"


class AccessLog:
    """Plain ASGI: it watches what is sent, and never receives."""

    def __init__(self, app: ASGIApp, metrics: Metrics, proxies: tuple[Network, ...]) -> None:
        self.app = app
        self._metrics = metrics
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        access = scope.setdefault("state", {})[_STATE] = Access()
        begun = monotonic()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                access.status = message["status"]
            await send(message)

        outcome = None
        try:
            await self.app(scope, receive, watched)
        except CancelledError:
            outcome = "stopped"
            raise
        except Exception:
            access.status = access.status or 500
            raise
        finally:
            self._end(scope, access, outcome, monotonic() - begun)

    def _end(self, scope: Scope, access: Access, outcome: str | None, seconds: float) -> None:
        """Count it and log it; `outcome` is the one that the access does not know by itself."""
        path = scope["raw_path"].decode("latin-1")
        fields: dict[str, Field] = {
            "method": scope["method"],
            # Something else may be anything, a URL with a password too.
            "path": path if _PLAIN_PATH.fullmatch(path) else "?",
            "status": access.status,
            "seconds": round(seconds, 3),
            "client": str(client_address(scope, self._proxies)),
        }
        if scope["method"] == "POST" and scope["path"] == ANALYSIS:
            outcome = outcome or access.outcome
            self._metrics.ended(outcome, seconds, access.bytes_in, access.audio_seconds)
            fields |= {
                "outcome": outcome,
                "models": access.models,
                "audio_url": access.audio_url,
                "bytes_in": access.bytes_in,
                "audio_seconds": None if access.audio_seconds is None else round(access.audio_seconds, 3),
            }
        quiet = path in _PROBES or path.startswith(FILES)
        log.log(logging.DEBUG if quiet else logging.INFO, "request", extra={"fields": fields})


class Costs:
    """Takes what an analysis cost, for the request and for the whole."""

    def __init__(self, access: Access, metrics: Metrics) -> None:
        self._access = access
        self._metrics = metrics

    def __call__(self, stats: Cost) -> None:
        self._access.audio_seconds = stats.audio_seconds
        self._metrics.analysed(stats)


def origin(url: str) -> str:
    """Scheme and host of a URL; a question mark where it has none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return "?"
    if parts.scheme not in {"http", "https"} or not host or not re.fullmatch(r"[\w.:-]{1,253}", host, re.ASCII):
        return "?"
    return f"{parts.scheme}://[{host}]" if ":" in host else f"{parts.scheme}://{host}"
