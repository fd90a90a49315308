"""What one connection may ask of the event loop, counted in parser events and turns of the loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import h11
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from tonearm.errors import Unauthorized
from tonearm.server.connection import Bounds, bounded
from tonearm.server.places import Places
from tonearm.server.problem import refuse

PLENTY = 10_000
CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@dataclass
class Seen:
    """What the application saw, and what the parser did in each turn of the loop."""

    scopes: list[Scope] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    events: int = 0
    most_events_in_a_turn: int = 0


@asynccontextmanager
async def serving(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], Awaitable[object]] | None = None, refusing: bool = False
) -> AsyncIterator[tuple[int, Seen]]:
    """The port of a server whose application reads every body, or refuses it; `read` is awaited before each part."""
    seen = Seen()
    next_event = h11.Connection.next_event
    in_turn = 0

    def new_turn() -> None:
        nonlocal in_turn
        in_turn = 0

    def counted(self: h11.Connection) -> Any:
        nonlocal in_turn
        event = next_event(self)
        if self.our_role is h11.SERVER and isinstance(event, h11.Event):
            if not in_turn:
                asyncio.get_running_loop().call_soon(new_turn)
            in_turn += 1
            seen.events += 1
            seen.most_events_in_a_turn = max(seen.most_events_in_a_turn, in_turn)
        return event

    monkeypatch.setattr(h11.Connection, "next_event", counted)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.scopes.append(scope)
        if refusing:
            await refuse(Unauthorized(), scope, receive, send)
            return
        while True:
            if read is not None:
                await read()
            message = await receive()
            seen.pieces.append(message.get("body", b""))
            if message["type"] == "http.disconnect" or not message["more_body"]:
                seen.ended.append(message["type"])
                break
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    loop = asyncio.get_running_loop()
    config = uvicorn.Config(app, log_config=None, ws="none", lifespan="off")
    config.load()
    state = ServerState()
    protocol = bounded(Bounds(30.0, Places(PLENTY, PLENTY, 1)))
    server = await loop.create_server(lambda: protocol(config, state, {}), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], seen
    finally:
        server.close()
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.sleep(0.01)


async def exchange(port: int, *parts: bytes, pause: float | None = None) -> bytes:
    """Send, and read to the end of the connection; with a pause, in seconds, the parts come one by one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received = b""
    try:
        for part in parts:
            writer.write(part)
            if pause is not None:
                await writer.drain()
                await asyncio.sleep(pause)
        received = await reader.read()
    except ConnectionResetError:
        pass
    finally:
        writer.close()
    return received


def chunks(size: int, count: int) -> bytes:
    return (b"%x\r\n" % size + bytes(size) + b"\r\n") * count


def test_a_turn_of_the_loop_parses_a_limited_number_of_events(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> Seen:
        async with serving(monkeypatch) as (port, seen):
            answer = await exchange(
                port, CHUNKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), chunks(64, 5000), b"0\r\n\r\n"
            )
            assert answer.startswith(b"HTTP/1.1 200")
        return seen

    seen = asyncio.run(run())
    assert seen.events >= 5000
    assert seen.most_events_in_a_turn <= 100
    assert sum(map(len, seen.pieces)) == 64 * 5000


def test_so_does_what_is_drained_of_a_refused_body(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> Seen:
        async with serving(monkeypatch, refusing=True) as (port, seen):
            answer = await exchange(port, CHUNKED, chunks(64, 5000), b"0\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 401")
        return seen

    seen = asyncio.run(run())
    assert seen.events >= 5000
    assert seen.most_events_in_a_turn <= 100


def test_a_refused_body_may_not_be_mostly_framing_either(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> Seen:
        async with serving(monkeypatch, refusing=True) as (port, seen):
            await exchange(port, CHUNKED, chunks(1, 100_000), b"0\r\n\r\n")
        return seen

    assert asyncio.run(run()).events < 1100


def test_a_body_that_is_mostly_framing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> tuple[bytes, Seen]:
        async with serving(monkeypatch) as (port, seen):
            answer = await exchange(port, CHUNKED, chunks(1, 100_000), b"0\r\n\r\n")
            await asyncio.sleep(0)
        return answer, seen

    answer, seen = asyncio.run(run())
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"fewer than 64 bytes" in answer
    assert seen.ended == ["http.disconnect"]
    assert seen.events < 1100


def test_a_thousand_small_chunks_are_no_attack(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> bytes:
        async with serving(monkeypatch) as (port, _):
            return await exchange(
                port, CHUNKED.replace(b"x", b"x\r\nConnection: close", 1), chunks(1, 900), b"0\r\n\r\n"
            )

    assert asyncio.run(run()).startswith(b"HTTP/1.1 200")


def test_many_connections_share_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> Seen:
        async with serving(monkeypatch) as (port, seen):
            await asyncio.gather(*(exchange(port, CHUNKED, chunks(1, 5000)) for _ in range(50)))
        return seen

    # Of each connection the first slice is its own.
    assert asyncio.run(run()).most_events_in_a_turn <= 50 * 64 + 2 * 64


def test_what_is_not_consumed_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = asyncio.Event()
    total = 64 << 20
    sent = 0

    async def send(port: int) -> bytes:
        nonlocal sent
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % total)
        while sent < total:
            writer.write(bytes(1 << 20))
            await writer.drain()
            sent += 1 << 20
        answer = await reader.read()
        writer.close()
        return answer

    async def run() -> None:
        async with serving(monkeypatch, allowed.wait) as (port, seen):
            sending = asyncio.create_task(send(port))
            before = -1
            while sent != before:
                before = sent
                await asyncio.sleep(0.2)
            assert sent < total
            allowed.set()
            assert (await sending).startswith(b"HTTP/1.1 200")
            assert sum(map(len, seen.pieces)) == total
            assert max(map(len, seen.pieces)) <= (64 << 10) + (16 << 10)

    asyncio.run(run())


def test_a_head_of_many_headers_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> tuple[bytes, Seen]:
        async with serving(monkeypatch) as (port, seen):
            return await exchange(port, b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a:\r\n" * 12_000 + b"\r\n"), seen

    answer, seen = asyncio.run(run())
    assert answer.startswith(b"HTTP/1.1 400")
    assert not seen.events


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
@pytest.mark.parametrize(("number", "status"), [(100, b"200"), (101, b"400")])
def test_the_number_of_headers_is_limited(
    monkeypatch: pytest.MonkeyPatch, number: int, status: bytes, line_end: bytes
) -> None:
    """In a pipelined request too."""
    headers = [b"Host: x", b"Connection: close", *[b"a:"] * (number - 2)]
    last = line_end.join([b"GET / HTTP/1.1", *headers, b"", b""])

    async def run() -> bytes:
        async with serving(monkeypatch) as (port, _):
            return await exchange(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + last)

    answers = asyncio.run(run()).split(b"HTTP/1.1 ")
    assert [answer[:3] for answer in answers[1:]] == [b"200", status]


@pytest.mark.parametrize("before", [b"", b"3\r\n0\r\n\r\n"], ids=["at once", "behind a chunk"])
@pytest.mark.parametrize(("number", "status"), [(0, b"200"), (100, b"200"), (101, b"400"), (4000, b"400")])
def test_the_number_of_trailers_is_limited(
    monkeypatch: pytest.MonkeyPatch, number: int, status: bytes, before: bytes
) -> None:
    request = CHUNKED.replace(b"x", b"x\r\nConnection: close", 1)

    async def run(pause: float | None) -> bytes:
        async with serving(monkeypatch) as (port, _):
            return await exchange(port, request + before + b"0\r\n", b"a:\r\n" * number + b"\r\n", pause=pause)

    for pause in (None, 0.1):
        answer = asyncio.run(run(pause))
        assert answer.startswith(b"HTTP/1.1 " + status)
        assert (b"more than 100 headers" in answer) is (status == b"400")


def test_text_in_a_chunk_is_no_trailer(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"0\r\n" + b"a:\r\n" * 2000 + b"\r\n"
    request = CHUNKED.replace(b"x", b"x\r\nConnection: close", 1)

    async def run() -> tuple[bytes, Seen]:
        async with serving(monkeypatch) as (port, seen):
            return await exchange(port, request, b"%x\r\n" % (2 * len(text)), text, text, b"\r\n0\r\n\r\n"), seen

    answer, seen = asyncio.run(run())
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"".join(seen.pieces) == 2 * text


@pytest.mark.parametrize(
    ("target", "path", "query", "host"),
    [
        (b"/a?b=c", "/a", b"b=c", b"x"),
        (b"http://music.test:81/a?b=c", "/a", b"b=c", b"music.test:81"),
        (b"HTTPS://music.test", "/", b"", b"music.test"),
        (b"http://music.test?b", "/", b"b", b"music.test"),
    ],
)
def test_a_target_in_absolute_form(
    monkeypatch: pytest.MonkeyPatch, target: bytes, path: str, query: bytes, host: bytes
) -> None:
    async def run() -> Scope:
        async with serving(monkeypatch) as (port, seen):
            await exchange(port, b"GET %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % target)
        return seen.scopes[0]

    scope = asyncio.run(run())
    assert (scope["path"], scope["query_string"]) == (path, query)
    assert [value for name, value in scope["headers"] if name == b"host"] == [host]


@pytest.mark.parametrize("target", [b"http://", b"http:///a", b"http://me:pw@music.test/", b"ftp://music.test/", b"a"])
def test_any_other_target_is_400(monkeypatch: pytest.MonkeyPatch, target: bytes) -> None:
    async def run() -> bytes:
        async with serving(monkeypatch) as (port, _):
            return await exchange(port, b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % target)

    assert asyncio.run(run()).startswith(b"HTTP/1.1 400")


def test_two_framings_close_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    request = CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 4\r\n\r\n")

    async def run() -> tuple[bytes, Seen]:
        async with serving(monkeypatch) as (port, seen):
            return await exchange(port, request + b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"), seen

    answer, seen = asyncio.run(run())
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in answer.lower()
    assert [scope["path"] for scope in seen.scopes] == ["/"]


def test_pipelined_requests_are_answered_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number for number in range(500))

    async def run() -> tuple[bytes, Seen]:
        async with serving(monkeypatch) as (port, seen):
            return await exchange(port, requests, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), seen

    answer, seen = asyncio.run(run())
    assert answer.count(b"HTTP/1.1 200") == 501
    assert [scope["path"] for scope in seen.scopes] == [*(f"/{number}" for number in range(500)), "/"]
    assert seen.most_events_in_a_turn <= 100


def test_invalid_requests_are_logged_once_a_minute(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with serving(monkeypatch) as (port, _):
            for _ in range(20):
                answer = await exchange(port, b"HELO there\r\n\r\n")
                assert answer.startswith(b"HTTP/1.1 400")
                assert b"bytearray" not in answer
            for _ in range(20):
                await exchange(port, b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, close\r\n\r\n")

    asyncio.run(run())
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warnings == ["invalid HTTP request from 127.0.0.1"]


def test_broken_framing_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> bytes:
        async with serving(monkeypatch) as (port, _):
            return await exchange(port, CHUNKED, b"zz\r\n")

    answer = asyncio.run(run())
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"framing of the request body is invalid" in answer
