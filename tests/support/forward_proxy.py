"""A forward proxy on a real socket, which takes every name for this machine, and TLS in front of a server."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from anyio.from_thread import start_blocking_portal

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class ForwardProxy:
    """Forwards whatever arrives, in both directions at once."""

    authorization: str | None = None
    """What Proxy-Authorization has to be."""
    refuses: bool = False
    asked: list[str] = field(default_factory=list)
    """The first line of each request."""
    port: int = 0

    @classmethod
    @contextmanager
    def started(cls, authorization: str | None = None, *, refuses: bool = False) -> Iterator[ForwardProxy]:
        proxy = cls(authorization, refuses)
        with _listening(proxy._serve) as proxy.port:
            yield proxy

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, _, rest = head.partition("\r\n")
        self.asked.append(line)
        given = re.search(r"^Proxy-Authorization: (.*)\r$", rest, re.MULTILINE)
        if self.authorization is not None and (given is None or given[1] != self.authorization):
            await _answer(writer, "407 Proxy Authentication Required")
        elif self.refuses:
            await _answer(writer, "403 Forbidden")
        elif connect := re.match(r"CONNECT \S+:(\d+) ", line):
            await _answer(writer, "200 Connection established")
            await _relay(reader, writer, int(connect[1]), b"")
        else:
            whole = re.fullmatch(r"(\S+) http://[^/]+:(\d+)(/\S*) (\S+)", line)
            assert whole is not None, line
            rest = re.sub(r"^Proxy-.*\r\n", "", rest, flags=re.MULTILINE)
            first = f"{whole[1]} {whole[3]} {whole[4]}\r\n{rest}"
            await _relay(reader, writer, int(whole[2]), first.encode("latin-1"))


@contextmanager
def encrypted(port: int, context: ssl.SSLContext) -> Iterator[int]:
    """The port of a TLS server that passes on what it decrypts to this port."""
    with _listening(partial(_relay_to, port), context) as secure:
        yield secure


async def _relay_to(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _relay(reader, writer, port, b"")


async def _answer(writer: asyncio.StreamWriter, status: str) -> None:
    length = "" if status.startswith("200") else "Content-Length: 0\r\n"
    writer.write(f"HTTP/1.1 {status}\r\n{length}\r\n".encode())
    await writer.drain()


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, first: bytes) -> None:
    """Until one of the two ends hangs up."""
    beyond, server = await asyncio.open_connection("127.0.0.1", port)
    server.write(first)
    pumps = [asyncio.create_task(_pump(reader, server)), asyncio.create_task(_pump(beyond, writer))]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.transport.abort()
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()


@contextmanager
def _listening(handler: Handler, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Each connection is closed when its handler has returned, all of them at the end."""
    tasks: set[asyncio.Task[object]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await handler(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()
            raise
        finally:
            tasks.discard(task)
            writer.close()

    async def stop() -> None:
        server.close()
        left = list(tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        # What is closed is gone at the next turn of the loop.
        await asyncio.sleep(0)

    with start_blocking_portal() as portal:
        server = portal.call(partial(asyncio.start_server, handle, "127.0.0.1", 0, ssl=context))
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            portal.call(stop)
