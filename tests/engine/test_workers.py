"""Workers that die and hang: one request notices, and the pool is whole again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.support.http import Server
from tests.support.waiting import wait_for


@pytest.fixture
def pool() -> Iterator[Server]:
    with Server.started(TONEARM_WORKERS="2", TONEARM_STALL_SECONDS="10") as running:
        yield running


def test_a_worker_killed_during_a_request_costs_that_request_alone(pool: Server, track: bytes) -> None:
    with pool.open() as one, pool.open() as other:
        for exchange in (one, other):
            exchange.post("key,bpm_degara", length=len(track))
            exchange.send(track[:200_000])
            exchange.answer().next_event()
        before = pool.workers()
        os.kill(before[0], signal.SIGKILL)
        for exchange in (one, other):
            exchange.send_body([track[200_000:]])
            exchange.answer().finish()
        finished = sorted([one.answer().statuses, other.answer().statuses])
        assert finished == [["started", "completed", "completed", "finished"], ["started", "error", "finished"]]
        lost = next(event for each in (one, other) for event in each.answer().events if event["status"] == "error")
        assert "worker that analysed this audio died" in lost["error"]
    wait_for(lambda: len(pool.workers()) == 2 and pool.get("/readyz")[1]["free"] == 10)
    assert set(pool.workers()) != set(before)
    assert pool.analyze(track, "key").statuses == ["started", "completed", "finished"]


def test_idle_workers_that_die_are_replaced(pool: Server, track: bytes) -> None:
    before = pool.workers()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(pool.workers()) == 2 and not set(pool.workers()) & set(before))
    for _ in range(3):
        assert pool.analyze(track, "key").statuses == ["started", "completed", "finished"]


def test_a_request_that_comes_to_a_dead_worker_gets_another_one(pool: Server, track: bytes) -> None:
    for _ in range(3):
        for pid in pool.workers():
            os.kill(pid, signal.SIGKILL)
        assert pool.analyze(track, "key").statuses == ["started", "completed", "finished"]


def test_a_request_in_the_queue_does_not_get_the_worker_that_is_killed_before_it(track: bytes) -> None:
    with (
        Server.started(TONEARM_WORKERS="1", TONEARM_QUEUE="1") as server,
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


def test_while_no_worker_is_alive_the_server_is_not_ready(pool: Server) -> None:
    for pid in pool.workers():
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: pool.get("/readyz")[0] == 503)
    assert pool.get("/healthz")[0] == 200
    wait_for(lambda: pool.get("/readyz")[0] == 200)


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
        assert "made no progress for 10 seconds" in exchange.answer().events[1]["error"]
    for pid in pool.workers():
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: len(pool.workers()) == 2 and pool.get("/readyz")[1]["free"] == 10)
    assert pool.analyze(track, "key").statuses == ["started", "completed", "finished"]


def test_a_worker_lost_before_the_stream_is_500_with_the_correlation_id(pool: Server, track: bytes) -> None:
    with pool.open() as exchange:
        exchange.post("key", length=len(track))
        exchange.send(track[:100])
        time.sleep(0.2)
        for pid in pool.workers():
            os.kill(pid, signal.SIGKILL)
        answer = exchange.answer()
        assert answer.status == 500
        body = answer.body()
        assert answer.header("X-Correlation-ID").encode() in body
        assert b"Traceback" not in body
        assert "died" in answer.detail


def test_workers_end_with_the_server() -> None:
    with Server.started(TONEARM_WORKERS="2") as server:
        pids = server.workers()
        assert len(pids) == 2
    wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids))


def test_workers_end_when_the_server_is_killed() -> None:
    with Server.started(TONEARM_WORKERS="2") as server:
        pids = server.workers()
        server.process.kill()
        server.process.wait()
        wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids))
