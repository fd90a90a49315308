"""One HTTP/1.1 exchange that reads the response while it still sends the request.

Most HTTP clients send the whole request before they read, and would see no result before the end of the upload.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from urllib.parse import SplitResult

import h11

from tonearm.client.proxy import Proxy, open_tunnel, proxy_for
from tonearm.errors import ConnectionLost
from tonearm.sources.body import Body

_PIECE = 1 << 16
_CONNECT_SECONDS = 30.0
_BROKEN_OFF = "The connection was closed before the response was complete."


@dataclass(frozen=True)
class Request:
    method: str
    url: SplitResult
    """Absolute, including the query."""
    headers: Mapping[str, str]
    body: Body | None = None


@dataclass(frozen=True)
class Response:
    status: int
    headers: Mapping[str, str]
    """Keyed by lower-case name."""
    pieces: AsyncIterator[bytes]

    async def body(self) -> bytes:
        return b"".join([piece async for piece in self.pieces])


@asynccontextmanager
async def exchange(
    request: Request, patience: float, clock: Callable[[], float] = monotonic
) -> AsyncGenerator[Response, None]:
    """Yield the response once its head has arrived. Read its body inside the context; leaving it closes the connection.

    Raises ConnectionLost if it cannot connect, if the connection ends too early, or after `patience` seconds without
    data in either direction, by `clock`; and whatever reading the audio raises.
    """
    proxy = proxy_for(request.url)
    reader, writer = await _connect(request.url, proxy)
    talk = _Talk(reader, writer, patience, clock)
    sending = asyncio.create_task(talk.send(request, proxy))
    try:
        head = await talk.head(sending)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in head.headers}
        yield Response(head.status_code, headers, talk.pieces(sending))
    finally:
        sending.cancel()
        # Not close(): it waits for the server to read the rest, forever if the server does not read.
        writer.transport.abort()
        await asyncio.gather(sending, return_exceptions=True)
        with suppress(OSError):
            await writer.wait_closed()


async def _connect(url: SplitResult, proxy: Proxy | None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    secure = url.scheme == "https"
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            if proxy is None:
                context = ssl.create_default_context() if secure else None
                return await asyncio.open_connection(url.hostname, url.port or (443 if secure else 80), ssl=context)
            reader, writer = await asyncio.open_connection(proxy.host, proxy.port)
            try:
                if secure:
                    await open_tunnel(reader, writer, url, proxy)
            except BaseException:
                writer.transport.abort()
                raise
            return reader, writer
    except (OSError, UnicodeError) as error:
        through = f" through the proxy {proxy}" if proxy else ""
        reason = error or "no answer in time"
        raise ConnectionLost(f"Cannot reach {url.scheme}://{url.netloc}{through}: {reason}.") from error


class _HungUp(Exception):
    """The server no longer reads."""


class _Talk:
    """Both directions of a connection. One task sends and one receives, in the same event loop, which h11 allows."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        patience: float,
        clock: Callable[[], float],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._patience = patience
        self._clock = clock
        self._http = h11.Connection(h11.CLIENT)
        self._moved = self._clock()
        self._writing = False

    async def send(self, request: Request, proxy: Proxy | None) -> None:
        """Send the request, to the server or to a proxy; stop early, without an error, if that end is closed.

        Raises whatever reading the audio raises, and TypeError for chunks that are not bytes.
        """
        url = request.url
        headers = {"Host": url.netloc, "Connection": "close", **request.headers}
        body = request.body
        if body is not None:
            known = body.length is not None
            headers |= {"Content-Length": str(body.length)} if known else {"Transfer-Encoding": "chunked"}
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        if proxy is not None and url.scheme == "http":
            target = f"http://{url.netloc}{target}"
            headers |= proxy.headers
        with suppress(_HungUp):
            await self._write(h11.Request(method=request.method, target=target, headers=list(headers.items())))
            if body is not None:
                async for piece in body.pieces():
                    view = memoryview(piece).cast("B")
                    for start in range(0, len(view), _PIECE):
                        await self._write(h11.Data(data=bytes(view[start : start + _PIECE])))
            await self._write(h11.EndOfMessage())

    async def _write(self, event: h11.Event) -> None:
        data = self._http.send(event) or b""
        self._moved = self._clock()
        self._writing = True
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise _HungUp from error
        finally:
            self._writing = False
            self._moved = self._clock()

    async def head(self, sending: asyncio.Task[None]) -> h11.Response:
        while True:
            event = await self._receive(sending)
            if isinstance(event, h11.Response):
                return event

    async def pieces(self, sending: asyncio.Task[None]) -> AsyncIterator[bytes]:
        while isinstance(event := await self._receive(sending), h11.Data):
            yield bytes(event.data)

    async def _receive(self, sending: asyncio.Task[None]) -> h11.Event:
        try:
            while not isinstance(event := self._http.next_event(), h11.Event):
                self._http.receive_data(await self._read(sending))
            return event
        except h11.RemoteProtocolError as error:
            raise ConnectionLost(_BROKEN_OFF) from error

    async def _read(self, sending: asyncio.Task[None]) -> bytes:
        """The next bytes. Raises if sending fails or the connection is silent; a pause in the audio is not silence."""
        reading = asyncio.ensure_future(self._reader.read(_PIECE))
        try:
            while not reading.done():
                if sending.done():
                    sending.result()
                left = self._moved + self._patience - self._clock()
                if left <= 0 and (self._writing or sending.done()):
                    raise ConnectionLost(f"The server sent nothing for {self._patience:g} seconds.")
                waiting = {reading, sending} if not sending.done() else {reading}
                await asyncio.wait(waiting, timeout=max(left, 1.0), return_when=asyncio.FIRST_COMPLETED)
            self._moved = self._clock()
            try:
                return reading.result()
            except OSError as error:
                raise ConnectionLost(_BROKEN_OFF) from error
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
