"""GET /v1/analysis/live: audio in and events out over a WebSocket, for browsers and for sound that has no end yet.

Browsers read nothing of an HTTP response while they send its request.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tonearm.config import Settings
from tonearm.errors import BadRequest, ClientGone, TonearmError, TryLater
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job
from tonearm.server.access_log import recorder
from tonearm.server.analyses import Analyses, Audio
from tonearm.server.asked import Asked, asked
from tonearm.server.drain import Drain
from tonearm.server.listening import until_done
from tonearm.server.problem import EarlyResponse, problem, refusal
from tonearm.server.response import EventResponse
from tonearm.server.until import until
from tonearm.server.upload import Upload
from tonearm.server.web_socket import LIVE, VERSION, as_body, close, offered, open_socket, send_text

_NOTHING = "Send a whole audio file in binary frames, or its address as audio_url."
_GONE = "the client went away before the stream began"
_NO_HANDSHAKE = f"This is the address of a WebSocket (RFC 6455, version {VERSION}): open it with a client for that."


def routes(analyses: Analyses, settings: Settings, drain: Drain) -> APIRouter:
    router = APIRouter()

    # OpenAPI has no words for it.
    @router.get(LIVE, include_in_schema=False)
    async def live(
        request: Request,
        asked: Annotated[Asked, Depends(asked)],
        length: Annotated[int | None, Query(ge=0, description="of the audio, in bytes")] = None,
    ) -> Response:
        if not offered(request.scope):
            needed = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": VERSION}
            return JSONResponse({"detail": _NO_HANDSHAKE}, 426, needed)
        upload = Upload(as_body(request.receive), settings.max_body_bytes, settings.idle_seconds, settings.max_seconds)
        quota = await analyses.quota(request.scope)
        try:
            quota.check()
            upload.announce(length)
            job = asked.job(analyses)
            urls = asked.addresses()
            url = urls[0] if urls else None
            recorder(request.scope).requested(job, url)
            asked.check(urls, settings)
            analyses.check_room(request.scope)
        except (TonearmError, RequestValidationError) as error:
            return refusal(error, quota.headers, upload)
        return Live(asked, job, url, upload, analyses, drain, quota.headers, settings.idle_seconds)

    return router


class Live(Response):
    """Opens the WebSocket of a request that is not refused, and serves it."""

    def __init__(
        self,
        asked: Asked,
        job: Job,
        url: str | None,
        upload: Upload,
        analyses: Analyses,
        drain: Drain,
        quota: Mapping[str, str],
        idle_seconds: float,
    ) -> None:
        self.asked = asked
        self.job = job
        self.url = url
        self.upload = upload
        self.analyses = analyses
        self.drain = drain
        self.quota = quota
        self.idle_seconds = idle_seconds
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await open_socket(scope, send, self.quota)
        enough = asyncio.ensure_future(self.upload.ended()) if self.url else None
        try:
            response = await self._response(scope, enough)
        except TonearmError as error:
            response = EarlyResponse(problem(error), self.upload)
        try:
            await response(scope, receive, send)
        finally:
            if enough is not None:
                enough.cancel()
                await asyncio.gather(enough, return_exceptions=True)

    async def _response(self, scope: Scope, enough: asyncio.Task[None] | None) -> Response:
        """The answer, once there is a first event; raises TonearmError before that."""
        if self.url and enough:
            audio: Audio = until_done(self.analyses.download(scope, self.url), enough)
        else:
            if not await self.drain.within(self.upload.peek()):
                raise BadRequest(_NOTHING)
            audio = nullcontext(self.asked.pcm.as_wav(self.upload) if self.asked.pcm else self.upload)
        events = self.analyses.run(scope, self.job, audio)
        first = await until(anext(events), self.upload.disconnected(), lambda: ClientGone(_GONE))
        event_format = self.asked.event_format(self.job, self.analyses.catalog, _Messages())
        return _LiveResponse(
            event_format, first, events, self.upload, recorder(scope), len(self.job.tasks), self.idle_seconds
        )


class _Messages:
    """The JSON of each event as it is."""

    media_type = "application/json"
    keep_alive = b""

    def event(self, event: Event) -> Iterator[bytes]:
        yield event.data.encode()


class _LiveResponse(EventResponse):
    """Each event, or the document at the end, is one text message."""

    async def begin(self, send: Send) -> None:
        """It is open already."""

    async def send_pieces(self, send: Send, pieces: Iterator[bytes]) -> None:
        if text := b"".join(pieces).decode():
            await send_text(send, text)

    async def keep_alive(self, send: Send) -> None:
        await send({"type": "websocket.ping"})

    async def end(self, send: Send, failure: TonearmError | None) -> None:
        seconds = str(math.ceil(failure.retry_after)) if isinstance(failure, TryLater) else ""
        await close(send, failure.status if failure else 200, seconds)
