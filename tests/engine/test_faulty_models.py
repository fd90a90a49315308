"""Models that go wrong: one event or one request, and nobody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import faulty, plugin
from tests.support.http import Answer, Server
from tests.support.waiting import wait_for

WHOLE = ["started", "completed", "finished"]


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    path = plugin.install(faulty.MODULE, tmp_path_factory.mktemp("site"))
    with Server.started(
        TONEARM_WORKERS="2",
        TONEARM_STALL_SECONDS="20",
        TONEARM_IDLE_SECONDS="300",
        TONEARM_CPU_SECONDS="40",
        TONEARM_MODEL_SECONDS="3",
        TONEARM_WORKER_MEMORY_BYTES=str(600 << 20),
        TONEARM_RATE_LIMIT="off",
        PYTHONPATH=path,
    ) as running:
        yield running


def beside(pool: Server, track: bytes, models: str) -> tuple[Answer, Answer]:
    """A request, and one of a neighbour that began before it and ends after it."""
    with pool.open() as neighbour:
        neighbour.post("key,loudness_ebur128", length=len(track))
        neighbour.send(track[: len(track) // 2])
        neighbour.answer().next_event()
        answer = pool.analyze(track, models)
        neighbour.send(track[len(track) // 2 :])
        neighbour.answer().finish()
        return answer, neighbour.answer()


@pytest.mark.parametrize(
    ("fault", "phase", "words"),
    [
        ("raise", "begin", "ArithmeticError: it broke"),
        ("raise", "feed", "ArithmeticError: it broke"),
        ("raise", "finish", "ArithmeticError: it broke"),
        ("recursion", "feed", "RecursionError"),
        ("not_a_number", "finish", "does not match its schema"),
        ("memory", "feed", "MemoryError"),
    ],
)
def test_a_model_that_fails_is_one_event(pool: Server, track: bytes, fault: str, phase: str, words: str) -> None:
    before = pool.workers()
    answer, neighbour = beside(pool, track, f"key,faulty(fault={fault},phase={phase}),silence")
    assert sorted(answer.statuses) == ["completed", "completed", "error", "finished", "started"]
    [error] = [event for event in answer.events if event["status"] == "error"]
    assert error["model_name"] == "faulty"
    assert words in error["error"]
    assert set(answer.results) == {"key", "silence"}
    assert neighbour.statuses == ["started", "completed", "completed", "finished"]
    assert pool.workers() == before


@pytest.mark.release
@pytest.mark.parametrize(
    ("fault", "phase", "words"),
    [
        ("exit", "feed", "died"),
        ("die", "begin", "died"),
        ("die", "finish", "died"),
        ("segfault", "feed", "died"),
        ("sleep", "feed", "made no progress for 20 seconds"),
    ],
)
def test_a_model_that_takes_its_worker_with_it_costs_its_request(
    pool: Server, track: bytes, fault: str, phase: str, words: str
) -> None:
    before = set(pool.workers())
    answer, neighbour = beside(pool, track, f"key,faulty(fault={fault},phase={phase})")
    assert answer.statuses[0] == "started"
    assert answer.statuses[-2:] == ["error", "finished"]
    assert words in answer.events[-2]["error"]
    assert neighbour.statuses == ["started", "completed", "completed", "finished"]
    wait_for(lambda: len(pool.workers()) == 2 and pool.get("/readyz")[1]["free"] == 10)
    assert len(before - set(pool.workers())) == 1
    assert pool.analyze(track, "key").statuses == WHOLE


@pytest.mark.release
@pytest.mark.parametrize("fault", ["spin", "sleep"])
@pytest.mark.parametrize("order", ["{0},key,bpm_multifeature,silence", "key,silence,bpm_multifeature,{0}"])
def test_a_model_that_does_not_end_is_one_event_and_keeps_nobody_waiting(
    pool: Server, track: bytes, fault: str, order: str
) -> None:
    before = set(pool.workers())
    answer, neighbour = beside(pool, track, order.format(f"faulty(fault={fault},phase=finish)"))
    assert answer.statuses == ["started", "completed", "completed", "completed", "error", "finished"]
    assert set(answer.results) == {"key", "silence", "bpm_multifeature"}
    error = answer.events[-2]
    assert error["model_name"] == "faulty"
    assert "took longer than 3 seconds, the limit (TONEARM_MODEL_SECONDS)" in error["error"]
    assert neighbour.statuses == ["started", "completed", "completed", "finished"]
    # What does not end goes with its worker.
    wait_for(lambda: len(pool.workers()) == 2 and pool.get("/readyz")[1]["free"] == 10)
    assert len(before - set(pool.workers())) == 1
    assert pool.analyze(track, "key").statuses == WHOLE


@pytest.mark.release
def test_a_model_that_holds_the_interpreter_is_stopped_by_the_server(pool: Server, track: bytes) -> None:
    answer, neighbour = beside(pool, track, "faulty(fault=hold),key,silence")
    assert answer.statuses == ["started", "completed", "completed", "error", "finished"]
    assert "made no progress for 20 seconds" in answer.events[-2]["error"]
    assert neighbour.statuses == ["started", "completed", "completed", "finished"]


@pytest.mark.release
def test_each_of_several_models_that_do_not_end_is_an_event(pool: Server, track: bytes) -> None:
    answer = pool.analyze(
        track, "faulty(fault=spin),faulty(fault=sleep),key,faulty(fault=raise),faulty(fault=slow),bpm_degara"
    )
    assert sorted(answer.statuses[1:4]) == ["completed", "completed", "error"]
    assert sorted(answer.statuses[4:]) == ["completed", "error", "error", "finished"]
    assert set(answer.results) == {"key", "bpm_degara", "faulty:1(fault=slow)"}


@pytest.mark.release
def test_a_request_that_waited_does_not_go_with_the_worker_of_the_one_before(track: bytes, tmp_path: Path) -> None:
    path = plugin.install(faulty.MODULE, tmp_path)
    with (
        Server.started(TONEARM_WORKERS="1", TONEARM_MODEL_SECONDS="1", PYTHONPATH=path) as server,
        server.open() as paused,
        server.open() as other,
    ):
        paused.post("key", length=len(track))
        paused.send(track[: len(track) // 2])
        assert paused.answer().next_event() == {"status": "started", "total_models": 1}
        # Takes the only worker from the one that pauses.
        other.post("faulty(fault=sleep)", length=len(track))
        other.send_body(track)
        assert other.answer().next_event() == {"status": "started", "total_models": 1}
        paused.send(track[len(track) // 2 :])
        for exchange, outcome in ((other, "error"), (paused, "completed")):
            exchange.answer().finish()
            assert exchange.answer().statuses == ["started", outcome, "finished"]


@pytest.mark.release
def test_many_hanging_requests_at_once_do_not_stop_the_pool(pool: Server, track: bytes) -> None:
    found: list[list[str]] = []
    models = ["faulty(fault=sleep)"] * 2 + ["key"] * 4
    threads = [
        threading.Thread(target=lambda model=model: found.append(pool.analyze(track, model).statuses))
        for model in models
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [WHOLE] * 4 + [["started", "error", "finished"]] * 2
