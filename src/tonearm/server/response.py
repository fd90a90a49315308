"""The response to a request for an analysis: sent while it runs, by code that only sends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Protocol

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from tonearm.errors import BadRequest, ClientGone, ServerFault, ShuttingDown, TonearmError
from tonearm.protocol.events import Event, failed, finished
from tonearm.server.request_record import Recorder
from tonearm.server.until import until
from tonearm.server.upload import Upload

log = logging.getLogger(__name__)

_KEEP_ALIVE_SECONDS = 15.0
_PIECE = 1 << 16
_OUR_FAULT = "Internal server error: the server's log has the cause under the X-Correlation-ID of this response."

_TIME_IS_OVER = "The server is shutting down, and the time for running requests is over. Send the request again."


class EventFormat(Protocol):
    """How events become the bytes of one answer."""

    media_type: str
    keep_alive: bytes
    """What may stand between events, and means nothing."""

    def event(self, event: Event) -> Iterator[bytes]:
        """In pieces, none of which takes long to make."""


class EventResponse(Response):
    """Sends each event in its format as soon as it is there, and a keep-alive where none came for 15 s.

    `first` has already been taken from `events`, to know that the answer is a stream. The upload goes on being read
    by whoever makes the events; here only its end is watched for a client that goes away.
    """

    def __init__(
        self,
        event_format: EventFormat,
        first: Event,
        events: AsyncGenerator[Event, None],
        upload: Upload,
        recorder: Recorder,
        total_models: int,
        idle_seconds: float,
    ) -> None:
        self.format = event_format
        self.first = first
        self.events = events
        self.upload = upload
        self.recorder = recorder
        self.total_models = total_models
        self.idle_seconds = idle_seconds
        self.status_code = 200
        self.background = None
        self.body = b""
        self.init_headers(
            {"Cache-Control": "no-cache", "X-Accel-Buffering": "no", "Content-Type": self.format.media_type}
        )
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await until(self._send(send), self.upload.disconnected(), lambda: ClientGone("the client went away"))
        except ClientGone as gone:
            log.info("%s", gone)

    async def _send(self, connection: Send) -> None:
        async def send(message: Message) -> None:
            """A client that does not read may not keep its worker for ever."""
            try:
                async with asyncio.timeout(self.idle_seconds):
                    await connection(message)
            except TimeoutError as error:
                raise ClientGone(f"the client read nothing for {self.idle_seconds:g} seconds") from error

        failure: TonearmError | None = None
        await self.begin(send)
        async with aclosing(self.events):
            await self._send_event(send, self.first)
            pending = asyncio.ensure_future(anext(self.events, None))
            try:
                while True:
                    done, _ = await asyncio.wait({pending}, timeout=_KEEP_ALIVE_SECONDS)
                    if not done:
                        await self.keep_alive(send)
                        continue
                    event = await pending
                    if event is None:
                        break
                    await self._send_event(send, event)
                    pending = asyncio.ensure_future(anext(self.events, None))
            except ClientGone:
                raise
            except ShuttingDown as error:
                failure = error
                self.recorder.stopped()
                await self._send_failure(send, _TIME_IS_OVER)
            except BadRequest as error:
                failure = error
                await self._send_failure(send, str(error))
            except Exception:
                failure = ServerFault()
                log.exception("a stream failed")
                await self._send_failure(send, _OUR_FAULT)
            finally:
                pending.cancel()
                await asyncio.gather(pending, return_exceptions=True)
        await self.end(send, failure)

    async def begin(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})

    async def send_pieces(self, send: Send, pieces: Iterator[bytes]) -> None:
        """Those of one event."""
        for piece in pieces:
            await _send_bytes(send, piece)
            await asyncio.sleep(0)

    async def keep_alive(self, send: Send) -> None:
        await _send_bytes(send, self.format.keep_alive)

    async def end(self, send: Send, failure: TonearmError | None) -> None:
        """After the last event; `failure` is what broke off the analysis."""
        if not self.upload.complete:
            await self.upload.drain()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_failure(self, send: Send, words: str) -> None:
        await self._send_event(send, failed(words))
        await self._send_event(send, finished(self.total_models))

    async def _send_event(self, send: Send, event: Event) -> None:
        await self.send_pieces(send, self.format.event(event))
        self.recorder.sent(event)


async def _send_bytes(send: Send, body: bytes) -> None:
    """In pieces, each of which the client has `idle_seconds` to take: a large event on a slow line is no silence."""
    for start in range(0, len(body), _PIECE):
        await send({"type": "http.response.body", "body": body[start : start + _PIECE], "more_body": True})
