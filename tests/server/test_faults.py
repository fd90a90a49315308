"""Bad days: workers that die in every phase, clients that vanish in every phase, no descriptors, no disk."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support import faulty, plugin
from tests.support.http import Exchange, Server
from tests.support.waiting import PATIENCE_SECONDS, listens, wait_for

WHOLE = ["started", "completed", "finished"]
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    path = plugin.install(faulty.MODULE, tmp_path_factory.mktemp("site"))
    with Server.started(
        TONEARM_WORKERS="2", TONEARM_LOG_LEVEL="debug", TONEARM_LOG_FORMAT="json", PYTHONPATH=path
    ) as running:
        yield running


def is_whole(server: Server) -> bool:
    return len(server.workers()) == 2 and server.get("/readyz") == (200, {"ready": True, "free": 10})


def busy(server: Server) -> int:
    with server.open() as exchange:
        exchange.request("GET", "/metrics")
        lines = exchange.answer().body().decode().splitlines()
    return round(float(next(line.split()[1] for line in lines if line.startswith("tonearm_workers_busy "))))


def uploading(exchange: Exchange, track: bytes) -> None:
    exchange.post("key", length=len(track))
    exchange.send(track[: len(track) // 2])
    exchange.answer().next_event()


def analysing(exchange: Exchange, track: bytes) -> None:
    """All of the body is there, and the models are at work on the end of it."""
    exchange.post("faulty(fault=sleep)", length=len(track))
    exchange.send(track)
    exchange.answer().next_event()


def beginning(exchange: Exchange, track: bytes) -> None:
    exchange.post("key", length=len(track))
    exchange.send(track[:50])


def asking(exchange: Exchange, track: bytes) -> None:
    exchange.connection.sendall(b"POST /v1/analysis/stream?models=key HTTP/1.1\r\nHost: local")


Phase = Callable[[Exchange, bytes], None]


def owners(server: Server) -> list[int]:
    """The worker of each request until now."""
    lines = [json.loads(line) for line in list(server.log)]
    return [line["pid"] for line in lines if line["message"].startswith("takes a request")]


@pytest.mark.release
@pytest.mark.parametrize(
    ("phase", "statuses"),
    [
        (beginning, None),
        (uploading, ["started", "error", "finished"]),
        (analysing, ["started", "error", "finished"]),
    ],
)
def test_a_killed_worker_costs_one_request(
    pool: Server, track: bytes, phase: Phase, statuses: list[str] | None
) -> None:
    wait_for(lambda: is_whole(pool))
    before = pool.workers()
    served = len(owners(pool))
    with pool.open() as victim, pool.open() as neighbour:
        phase(victim, track)
        wait_for(lambda: len(owners(pool)) == served + 1)
        uploading(neighbour, track)
        os.kill(owners(pool)[served], signal.SIGKILL)
        answer = victim.answer()
        answer.finish()
        if statuses is None:
            assert answer.status == 500
            assert "died" in answer.detail
            assert answer.header("X-Correlation-ID").encode() in answer.body()
            assert b"Traceback" not in answer.body()
        else:
            assert answer.statuses == statuses
            assert "worker process that analysed this audio died" in answer.events[1]["error"]
        neighbour.send(track[len(track) // 2 :])
        neighbour.answer().finish()
        assert neighbour.answer().statuses == WHOLE
    wait_for(lambda: is_whole(pool))
    assert len(set(before) - set(pool.workers())) == 1
    assert pool.analyze(track).statuses == WHOLE


@pytest.mark.parametrize("reset", [False, True], ids=["closes", "resets"])
@pytest.mark.parametrize("phase", [asking, beginning, uploading, analysing])
def test_a_client_that_vanishes_frees_its_worker(pool: Server, track: bytes, phase: Phase, reset: bool) -> None:
    wait_for(lambda: is_whole(pool))
    with pool.open() as exchange:
        phase(exchange, track)
        if reset:
            exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    wait_for(lambda: is_whole(pool) and busy(pool) == 0)
    assert pool.analyze(track).statuses == WHOLE


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9999])
def test_a_truncated_file_is_analysed_as_far_as_it_goes(pool: Server, track: bytes, share: float) -> None:
    answer = pool.analyze(track[: round(share * len(track))], "key,loudness_ebur128:2")
    assert answer.statuses[0] == "started"
    assert answer.statuses[-1] == "finished"
    assert pool.analyze(track).statuses == WHOLE


@pytest.mark.release
def test_not_ready_while_no_worker_is_left(pool: Server, track: bytes) -> None:
    wait_for(lambda: is_whole(pool))
    for pid in pool.workers():
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: pool.get("/readyz")[0] == 503)
    assert pool.get("/readyz")[1]["ready"] is False
    assert pool.get("/healthz")[0] == 200
    # Who comes now waits for the first new worker.
    assert pool.analyze(track).statuses == WHOLE
    wait_for(lambda: is_whole(pool))


@pytest.mark.release
@linux
def test_without_descriptors_the_server_goes_on_once_there_are_some(track: bytes) -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_QUEUE="100") as server, ExitStack() as clients:
        pid = server.process.pid
        before = descriptors(pid)
        allowed = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (before + 10, allowed[1]))
        with socket.create_connection(("127.0.0.1", server.port)) as early:
            one = Exchange(early)
            uploading(one, track)
            for _ in range(40):
                clients.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS))
            wait_for(lambda: descriptors(pid) >= before + 9)
            # Neither a connection nor a new worker has room now.
            os.kill(server.workers()[0], signal.SIGKILL)
            one.answer().finish()
            assert one.answer().statuses == ["started", "error", "finished"]
            wait_for(lambda: any("a worker could not be started" in line for line in server.log))
            assert server.workers() == []
            clients.close()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, allowed)
        wait_for(lambda: len(server.workers()) == 1)
        assert server.analyze(track).statuses == WHOLE
        # libuv keeps one in reserve from then on, and uvloop loses a pipe of a process that it could not start.
        wait_for(lambda: descriptors(pid) <= before + 5)


@pytest.mark.release
@linux
def test_a_full_disk_under_the_log_costs_the_log(track: bytes) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Path("/dev/full").open("w") as full:
        process = subprocess.Popen(
            [sys.executable, "-m", "tonearm", "serve", "--port", str(port)],
            env={**os.environ, "TONEARM_WORKERS": "1", "TONEARM_LOG_LEVEL": "debug", "TMPDIR": "/dev/full"},
            stdout=full,
            stderr=full,
            text=True,
        )
    try:
        server = Server(process, port, [])
        wait_for(lambda: listens(port))
        assert server.analyze(track).statuses == WHOLE
        os.kill(server.workers()[0], signal.SIGKILL)
        assert server.analyze(track).statuses == WHOLE
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))
