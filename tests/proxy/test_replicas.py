"""Two servers and one Redis behind the nginx of docs/replicas.md: each is replaced, and no stream is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.support.documents.blocks import one
from tests.support.http import Answer, Exchange, Server
from tests.support.proxies import Nginx, free_port, nginx
from tests.support.redis import Redis
from tests.support.waiting import PATIENCE_SECONDS

_STREAMS = 4
_BEGINNING = 1 << 17
_LIMIT = 1000


def configuration(port: int, first: str, second: str) -> str:
    block = one("replicas.md", "nginx")
    assert [block.count(each) for each in ("listen 80;", "10.0.0.1:8000;", "10.0.0.2:8000;")] == [1, 1, 1]
    return (
        block.replace("listen 80;", f"listen 127.0.0.1:{port};")
        .replace("10.0.0.1:8000;", f"{first};")
        .replace("10.0.0.2:8000;", f"{second};")
    )


@contextmanager
def uploads(port: int, track: bytes) -> Iterator[list[Exchange]]:
    """Streams that have begun and go on when more is sent."""
    with ExitStack() as stack:
        streams = [stack.enter_context(Exchange.opened(port)) for _ in range(_STREAMS)]
        for stream in streams:
            stream.post("key", length=len(track))
            stream.send(track[:_BEGINNING])
            assert stream.answer().next_event() == {"status": "started", "total_models": 1}
        yield streams


def finished(stream: Exchange, track: bytes) -> bool:
    stream.send(track[_BEGINNING:])
    stream.answer().finish()
    return stream.answer().statuses == ["started", "completed", "finished"]


def left(answer: Answer) -> int:
    return int(answer.header("RateLimit").split(";r=")[1].split(";")[0])


@pytest.mark.release
def test_each_server_is_replaced_and_no_stream_is_lost(track: bytes) -> None:
    asked = 0

    def ask(port: int) -> None:
        nonlocal asked
        with Exchange.opened(port) as exchange:
            exchange.post("silence", length=len(track))
            exchange.send(track)
            exchange.answer().finish()
            asked += 1
            assert exchange.answer().statuses == ["started", "completed", "finished"]
            assert left(exchange.answer()) == _LIMIT - asked, "one count for both"

    with Redis.on_a_free_port() as redis, ExitStack() as stack:
        redis.start()

        def server() -> Server:
            return stack.enter_context(
                Server.started(
                    TONEARM_WORKERS=str(_STREAMS // 2 + 1),
                    TONEARM_GRACE_SECONDS=str(PATIENCE_SECONDS),
                    TONEARM_TRUSTED_PROXIES="127.0.0.1",
                    TONEARM_RATE_LIMIT=f"{_LIMIT}/day",
                    TONEARM_RATE_LIMIT_STORAGE=redis.url,
                )
            )

        def address(of: Server) -> str:
            return f"127.0.0.1:{of.port}"

        servers = [server(), server()]
        port = free_port()
        proxy: Nginx = stack.enter_context(nginx(configuration(port, *map(address, servers))))
        for place in (0, 1):
            ending = servers[place]
            with uploads(port, track) as streams:
                asked += _STREAMS
                assert [busy(each) for each in servers] == [_STREAMS // 2] * 2, "both have some of them"
                names = [address(each) for each in servers]
                names[place] += " down"
                proxy.reload(configuration(port, *names))
                ending.process.terminate()
                for _ in range(3):
                    ask(port)
                assert ending.process.poll() is None
                assert all(finished(stream, track) for stream in streams)
            assert ending.process.wait(PATIENCE_SECONDS) == 0
            servers[place] = server()
            proxy.reload(configuration(port, *map(address, servers)))
            for _ in range(4):
                ask(port)


def busy(server: Server) -> int:
    """Streams under way, as the server counts them."""
    with server.open() as exchange:
        exchange.request("GET", "/metrics")
        lines = exchange.answer().body().decode().splitlines()
    return next(int(float(line.split()[1])) for line in lines if line.startswith("tonearm_workers_busy "))
