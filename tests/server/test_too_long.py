"""Audio that lasts longer than it may: its beginning is analysed, and the rest is not read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat

import pytest

from tests.support.http import Server
from tests.support.media import BY_NAME, encoded
from tests.support.waiting import PATIENCE_SECONDS
from tests.support.web import Web

MODELS = "key,silence"
SOUND = encoded(BY_NAME["mp3-cbr"], 1.0)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server.started(TONEARM_WORKERS="1", TONEARM_MAX_SECONDS="3", TONEARM_FETCH_ALLOW="127.0.0.0/8") as running:
        yield running


def test_an_upload_without_end(server: Server) -> None:
    answer = server.analyze(repeat(SOUND), MODELS, leave=True)
    assert answer.statuses == ["started", "completed", "completed", "error", "finished"]
    assert answer.events[-2] == {
        "status": "error",
        "error": "The audio is longer than 3 seconds, the limit (TONEARM_MAX_SECONDS). "
        "The results cover the first 3 seconds.",
    }
    assert answer.results["silence"]["duration"] == 3
    # The same numbers as for a file that ends there.
    assert answer.results == server.analyze(SOUND * 4, MODELS).results


def test_radio_is_left(server: Server) -> None:
    with Web.started({"/track.wav": SOUND}) as web:
        answer = server.analyze(b"", MODELS, {"audio-url": web.url("/radio")})
        assert answer.statuses == ["started", "completed", "completed", "error", "finished"]
        assert answer.results["silence"]["duration"] == 3
        assert web.left.wait(PATIENCE_SECONDS)


@pytest.mark.release
def test_a_live_upload_that_has_left_its_worker_to_others_comes_back(server: Server, track: bytes) -> None:
    """It never ends, so it cannot wait until it is complete."""
    with server.open() as live:
        live.post(MODELS)
        live.send(SOUND * 4)
        assert live.answer().next_event() == {"status": "started", "total_models": 2}
        assert server.analyze(track, "key").statuses == ["started", "completed", "error", "finished"]
        live.send(SOUND * 8)
        live.answer().finish()
        assert live.answer().statuses == ["started", "completed", "completed", "error", "finished"]


def test_a_server_that_was_given_too_much_reads_the_rest_before_it_hangs_up(server: Server) -> None:
    """Most clients look at the answer only when they have sent everything."""
    with server.open() as client:
        client.post(MODELS)
        client.send_body(repeat(SOUND, 2000))
        client.answer().finish()
        assert client.answer().statuses == ["started", "completed", "completed", "error", "finished"]
