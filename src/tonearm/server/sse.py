"""Server-Sent Events, as the WHATWG HTML standard frames them, over a response that only sends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tonearm.errors import ClientGone, TonearmError
from tonearm.events import Event, failed, finished
from tonearm.server.upload import Upload

log = logging.getLogger(__name__)

MEDIA_TYPE = "text/event-stream; charset=utf-8"
_KEEP_ALIVE_SECONDS = 15.0
_KEEP_ALIVE = b": keep-alive\n\n"


class EventStream(Response):
    """Sends each event as soon as it is there, and a comment where none came for 15 s.

    `first` has already been taken from `events`, to know that the answer is a stream. The upload goes on being read
    by whoever makes the events; here only its end is watched for a client that goes away.
    """

    media_type = MEDIA_TYPE

    def __init__(self, first: Event, events: AsyncGenerator[Event, None], upload: Upload, total_models: int) -> None:
        self.first = first
        self.events = events
        self.upload = upload
        self.total_models = total_models
        self.status_code = 200
        self.background = None
        self.body = b""
        self.init_headers({"Cache-Control": "no-cache", "X-Accel-Buffering": "no", "Content-Type": MEDIA_TYPE})
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.create_task(self._send(send))
        watching = asyncio.create_task(self.upload.disconnected())
        try:
            await asyncio.wait({sending, watching}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                await sending
            else:
                log.info("the client went away")
        finally:
            for task in (sending, watching):
                task.cancel()
            await asyncio.gather(sending, watching, return_exceptions=True)

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async with aclosing(self.events):
            await _send_event(send, self.first)
            pending = asyncio.ensure_future(anext(self.events, None))
            try:
                while True:
                    done, _ = await asyncio.wait({pending}, timeout=_KEEP_ALIVE_SECONDS)
                    if not done:
                        await send({"type": "http.response.body", "body": _KEEP_ALIVE, "more_body": True})
                        continue
                    event = await pending
                    if event is None:
                        break
                    await _send_event(send, event)
                    pending = asyncio.ensure_future(anext(self.events, None))
            except ClientGone:
                log.info("the client went away during the upload")
                return
            except TonearmError as error:
                await _send_event(send, failed(str(error)))
                await _send_event(send, finished(self.total_models))
            finally:
                pending.cancel()
                await asyncio.gather(pending, return_exceptions=True)
        if not self.upload.complete:
            await self.upload.drain()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_event(send: Send, event: Event) -> None:
    await send({"type": "http.response.body", "body": f"data: {event.data}\n\n".encode(), "more_body": True})
