"""Uploads that arrive more slowly than they are analysed hold no worker, and get the same numbers."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.support.http import Server
from tests.support.waiting import wait_for
from tonearm.sample import sample_track

MODELS = "key,bpm_degara,loudness_ebur128:2"


@pytest.mark.release
def test_slow_uploads_cost_nobody_else_and_finish_with_the_same_numbers(track: bytes) -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_QUEUE="8") as server, ExitStack() as stack:
        slow = [stack.enter_context(server.open()) for _ in range(8)]
        for number, exchange in enumerate(slow):
            exchange.post(MODELS, length=len(track))
            exchange.send(track[: 10_000 * (number + 1)])
        expected = server.analyze(track, MODELS).results
        # One of them has the worker again, and lets it go once more.
        assert server.analyze(track, "key").statuses == ["started", "completed", "finished"]
        for number, exchange in enumerate(slow):
            exchange.send(track[10_000 * (number + 1) :])
        for exchange in slow:
            exchange.answer().finish()
            assert exchange.answer().statuses == ["started", *["completed"] * 3, "finished"]
            assert exchange.answer().results == expected


@pytest.mark.release
def test_without_a_buffer_a_slow_upload_holds_its_worker(track: bytes) -> None:
    with (
        Server.started(TONEARM_WORKERS="1", TONEARM_QUEUE="0", TONEARM_BUFFER_BYTES="0") as server,
        server.open() as slow,
    ):
        slow.post("key", length=len(track))
        slow.send(track[:1000])
        wait_for(lambda: server.get("/readyz")[1]["free"] == 0)
        assert server.analyze(track, "key").status == 429


@pytest.mark.release
def test_who_leaves_while_waiting_frees_the_place(track: bytes) -> None:
    with (
        Server.started(TONEARM_WORKERS="1", TONEARM_QUEUE="3", TONEARM_BUFFER_BYTES=str(16 * len(track))) as server,
        server.open() as busy,
    ):
        long = sample_track(120)
        busy.post("pitch_melody", length=len(long))
        busy.send(long)
        with ExitStack() as stack:
            for _ in range(3):
                ghost = stack.enter_context(server.open())
                ghost.post("key", length=len(track))
                ghost.send(track[:300_000])
            wait_for(lambda: server.get("/readyz")[1]["free"] == 0)
        wait_for(lambda: server.get("/readyz")[1]["free"] >= 3)
        busy.answer().finish()


@pytest.mark.release
def test_a_wait_that_is_too_long_ends_with_429(track: bytes) -> None:
    with (
        Server.started(TONEARM_WORKERS="1", TONEARM_QUEUE_SECONDS="0.5", TONEARM_BUFFER_BYTES="0") as server,
        server.open() as busy,
    ):
        busy.post("key", length=len(track))
        busy.send(track[:1000])
        wait_for(lambda: server.get("/readyz")[1]["free"] == 8)
        answer = server.analyze(track, "key")
        assert answer.status == 429
        assert int(answer.header("Retry-After")) >= 1
