"""Workers that die and hang: one request notices, and the pool is whole again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.support.http import Server
from tests.support.waiting import wait_for


@pytest.fixture(scope="module")
def of_all() -> Iterator[Server]:
    with Server.started(TONEARM_WORKERS="2", TONEARM_STALL_SECONDS="20") as running:
        yield running


@pytest.fixture
def pool(of_all: Server) -> Server:
    wait_for(lambda: len(of_all.workers()) == 2 and of_all.get("/readyz") == (200, {"ready": True, "free": 10}))
    return of_all


def test_idle_workers_that_die_are_replaced(pool: Server, track: bytes) -> None:
    before = pool.workers()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(pool.workers()) == 2 and not set(pool.workers()) & set(before))
    for _ in range(3):
        assert pool.analyze(track, "key").statuses == ["started", "completed", "finished"]


@pytest.mark.release
def test_a_request_that_comes_to_a_dead_worker_gets_another_one(pool: Server, track: bytes) -> None:
    for _ in range(2):
        for pid in pool.workers():
            os.kill(pid, signal.SIGKILL)
        assert pool.analyze(track, "key").statuses == ["started", "completed", "finished"]


@pytest.mark.release
def test_a_request_in_the_queue_does_not_get_the_worker_that_is_killed_before_it(track: bytes) -> None:
    with (
        Server.started(TONEARM_WORKERS="1", TONEARM_QUEUE="1", TONEARM_BUFFER_BYTES="0") as server,
        server.open() as queued,
    ):
        with server.open() as leaving:
            leaving.post("key", length=len(track))
            leaving.send(track[:200_000])
            leaving.answer().next_event()
            queued.post("key", length=len(track))
            queued.send(track[:100])
            wait_for(lambda: server.get("/readyz")[1]["free"] == 0)
            [worker] = server.workers()
            os.kill(worker, signal.SIGSTOP)
        queued.send_body([track[100:]])
        queued.answer().finish()
        assert queued.answer().statuses == ["started", "completed", "finished"]
        assert server.workers() != [worker]


@pytest.mark.release
def test_a_worker_that_hangs_is_replaced(pool: Server, track: bytes) -> None:
    with pool.open() as exchange:
        exchange.post("key", length=len(track))
        exchange.send(track[:200_000])
        exchange.answer().next_event()
        for pid in pool.workers():
            os.kill(pid, signal.SIGSTOP)
        exchange.send_body([track[200_000:]])
        exchange.answer().finish()
        assert exchange.answer().statuses == ["started", "error", "finished"]
        assert "made no progress for 20 seconds" in exchange.answer().events[1]["error"]
    for pid in pool.workers():
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: len(pool.workers()) == 2 and pool.get("/readyz")[1]["free"] == 10)
    assert pool.analyze(track, "key").statuses == ["started", "completed", "finished"]


@pytest.mark.release
def test_without_a_worker_a_request_waits_no_longer_than_in_the_queue(track: bytes) -> None:
    """A worker that hangs while it starts, as on a disk that does not answer."""
    with Server.started(TONEARM_WORKERS="1", TONEARM_QUEUE_SECONDS="0.5") as server:
        (before,) = server.workers()
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: server.workers() not in ([before], []))
        (starting,) = server.workers()
        os.kill(starting, signal.SIGSTOP)
        assert server.get("/readyz")[0] == 503
        answer = server.analyze(track)
        assert answer.status == 429
        assert int(answer.header("Retry-After")) >= 1
        os.kill(starting, signal.SIGCONT)
        wait_for(lambda: server.get("/readyz")[0] == 200)
        assert server.analyze(track).statuses == ["started", "completed", "finished"]


@pytest.mark.release
def test_workers_end_with_the_server() -> None:
    with Server.started(TONEARM_WORKERS="1") as server:
        pids = server.workers()
        assert len(pids) == 1
    wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids))


@pytest.mark.release
def test_workers_end_when_the_server_is_killed() -> None:
    with Server.started(TONEARM_WORKERS="1") as server:
        pids = server.workers()
        assert len(pids) == 1
        server.process.kill()
        server.process.wait()
        wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids))
