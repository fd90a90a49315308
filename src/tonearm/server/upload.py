"""The body of a request while it arrives.

ASGI gives the body and the news of a disconnect through the same `receive`, so it must have one reader. The usual
streaming responses run a second one, which takes parts of the body away and loses them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from time import monotonic

from starlette.types import Message, Receive

from tonearm.errors import BadRequest, ClientGone, TooLarge
from tonearm.sources.pace import Pace

EXCESS = "Send either the audio as the body or its address in the audio-url header, not both."
_DRAIN_BYTES = 4 << 30
_DRAIN_SECONDS = 60.0
_DRAIN_PAUSE_SECONDS = 2.0
"""A drained connection costs no memory, and is the first to be closed if others need its place."""


class Upload:
    """The only caller of `receive` for one request."""

    def __init__(self, receive: Receive, limit: int, idle_seconds: float, max_seconds: float) -> None:
        self._receive = receive
        self._limit = limit
        self._idle_seconds = idle_seconds
        self._pace = Pace(idle_seconds, max_seconds)
        self._peeked: bytes | None = None
        self._complete = asyncio.Event()
        self.received = 0

    def announce(self, length: int | None) -> None:
        """So many bytes are to come, if that is known. Raises TooLarge where they are more than may."""
        if length and length > self._limit:
            raise TooLarge(self._limit)

    async def peek(self) -> bytes:
        """The first bytes of the body, which stay in it; b"" where it is empty."""
        if self._peeked is None:
            self._peeked = await self._next()
        return self._peeked

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Raises ClientGone, TooLarge, and BadRequest for a client that is too slow."""
        chunk = await self.peek()
        while chunk:
            yield chunk
            chunk = await self._next()

    async def disconnected(self) -> None:
        """Return when the client has gone after its body was complete. Before that, reading the body tells."""
        await self._complete.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def ended(self) -> None:
        """Return when a body has ended that was to have nothing in it, however long that takes. Raises ClientGone, and
        BadRequest for one that has something in it.
        """
        while not self._complete.is_set():
            if self._took(await self._receive()):
                raise BadRequest(EXCESS)

    async def drain(self) -> None:
        """Read and forget what is still coming, for a while, so that the client gets to see the response.

        Most clients read nothing before they have sent everything, and a connection closed on unread data is reset,
        which can overtake the response. A client that pauses has had the time to see it.
        """
        end = self.received + _DRAIN_BYTES
        with suppress(TimeoutError, ClientGone):
            async with asyncio.timeout(_DRAIN_SECONDS):
                while not self._complete.is_set() and self.received < end:
                    async with asyncio.timeout(_DRAIN_PAUSE_SECONDS):
                        message = await self._receive()
                    self._took(message)

    @property
    def complete(self) -> bool:
        return self._complete.is_set()

    async def _next(self) -> bytes:
        """The next bytes, b"" at the end."""
        while not self._complete.is_set():
            begun = monotonic()
            try:
                async with asyncio.timeout(self._idle_seconds):
                    message = await self._receive()
            except TimeoutError:
                raise BadRequest(f"No data arrived for {self._idle_seconds:g} seconds.") from None
            chunk = self._took(message)
            if self.received > self._limit:
                raise TooLarge(self._limit)
            if complaint := self._pace.complaint(len(chunk), monotonic() - begun):
                raise BadRequest(f"The upload is too slow. {complaint}")
            if chunk:
                return chunk
        return b""

    def _took(self, message: Message) -> bytes:
        if message["type"] == "http.disconnect":
            self._complete.set()
            raise ClientGone("the client went away during its upload")
        if not message.get("more_body", False):
            self._complete.set()
        chunk: bytes = message.get("body", b"")
        self.received += len(chunk)
        return chunk
