"""How much of a download is parsed in one turn of the event loop, and what a failed one is called."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import h11
import pytest

from tests.support.certificates import self_signed
from tests.support.hostile import Hostile, Script, forever, head
from tests.support.programs import needs
from tonearm.errors import FetchError
from tonearm.sources.fetch import Fetcher
from tonearm.sources.network import FAILED

SCRIPTS: dict[str, Script] = {
    "/chunks": lambda: [head("Transfer-Encoding: chunked"), b"1\r\n\0\r\n" * 100_000],
    "/informational": lambda: forever(head(status="102 Processing") * 1000),
}


def local_fetcher() -> Fetcher:
    return Fetcher([ip_network("127.0.0.0/8")], 10_000_000, 30.0, 3600.0)


async def read(fetcher: Fetcher, url: str) -> None:
    async with fetcher.open(url) as body:
        async for _ in body:
            pass


@pytest.mark.parametrize("path", SCRIPTS)
def test_a_turn_of_the_loop_parses_a_limited_number_of_events(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    next_event = h11.Connection.next_event
    in_turn = most = total = 0

    def new_turn() -> None:
        nonlocal in_turn
        in_turn = 0

    def counted(self: h11.Connection) -> Any:
        nonlocal in_turn, most, total
        event = next_event(self)
        if isinstance(event, h11.Event):
            if not in_turn:
                asyncio.get_running_loop().call_soon(new_turn)
            in_turn, total = in_turn + 1, total + 1
            most = max(most, in_turn)
        return event

    monkeypatch.setattr(h11.Connection, "next_event", counted)

    with Hostile.started(SCRIPTS) as web, pytest.raises(FetchError):
        asyncio.run(read(local_fetcher(), web.url(path)))
    assert most <= 300
    assert total <= 2000


def test_a_failure_has_words_of_its_own() -> None:
    answers = {
        "/rubbish": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "/reset": b"",
        "/reset-in-the-body": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc",
    }

    async def scenario() -> list[str]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked = (await reader.readline()).decode(errors="replace")
            path = asked.split(" ")[1] if asked.startswith("GET ") else ""
            writer.write(answers.get(path, b""))
            await writer.drain()
            if "reset" in path:
                # What was sent arrives, and then a RST.
                await asyncio.sleep(0.1)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        base = f"//127.0.0.1:{server.sockets[0].getsockname()[1]}"
        fetcher = local_fetcher()
        told = []
        for url in (*(f"http:{base}{path}" for path in answers), f"https:{base}/", "http://127.0.0.1:1/"):
            with pytest.raises(FetchError) as failure:
                await read(fetcher, url)
            told.append(str(failure.value).removeprefix(FAILED).strip())
        server.close()
        return told

    assert asyncio.run(scenario()) == [
        "The server's response is not valid HTTP, or it ended early.",
        "The server broke the connection.",
        "The server broke the connection.",
        "The server does not speak TLS as it should.",
        "The server cannot be reached.",
    ]


@needs("openssl")
def test_a_certificate_that_nobody_knows_is_told_as_such(tmp_path: Path) -> None:
    _, context = self_signed(tmp_path, "127.0.0.1", "IP")

    async def scenario() -> str:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
        with pytest.raises(FetchError) as failure:
            await read(local_fetcher(), f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        server.close()
        return str(failure.value)

    assert asyncio.run(scenario()) == f"{FAILED} The server's TLS certificate is not valid."


def test_a_download_has_one_connection_however_often_it_is_redirected() -> None:
    async def scenario() -> int:
        open_now = most = 0

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal open_now, most
            open_now += 1
            most = max(most, open_now)
            here = ports.index(writer.get_extra_info("sockname")[1])
            await reader.readuntil(b"\r\n\r\n")
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {urls[here + 1]}\r\nContent-Length: 0\r\n\r\n".encode())
            await reader.read()
            open_now -= 1
            writer.close()

        servers = [await asyncio.start_server(answer, "127.0.0.1", 0) for _ in range(8)]
        ports = [server.sockets[0].getsockname()[1] for server in servers]
        urls = [*(f"http://127.0.0.1:{port}/" for port in ports), "http://127.0.0.1:1/"]
        with pytest.raises(FetchError, match="cannot be reached"):
            await read(local_fetcher(), urls[0])
        for server in servers:
            server.close()
        return most

    # The next one may see its connection before the last one sees that it is closed.
    assert asyncio.run(scenario()) <= 2
