"""A WebSocket: audio up, the events of the stream down, under the same keys and limits as for HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from tests.support.http import Server
from tests.support.live import opened, refusal, results
from tests.support.media import BY_NAME, encoded
from tests.support.waiting import PATIENCE_SECONDS, wait_for
from tests.support.web import Web

MODELS = "key,silence"
SOUND = encoded(BY_NAME["mp3-cbr"], 5.0)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server.started(TONEARM_WORKERS="1", TONEARM_FETCH_ALLOW="127.0.0.0/8", TONEARM_IDLE_SECONDS="600") as running:
        yield running


def test_the_events_are_those_of_the_stream(server: Server) -> None:
    with opened(server.port, models=MODELS) as socket:
        socket.send(SOUND)
        events = socket.finish()
        assert [event["status"] for event in events] == ["started", "completed", "completed", "finished"]
        assert results(events) == server.analyze(SOUND, MODELS).results
        assert socket.closed_with == (1000, "")


def test_events_come_while_audio_is_sent(server: Server, track: bytes) -> None:
    with opened(server.port, models="key") as socket:
        socket.send(track[:1_000_000])
        assert socket.next() == {"status": "started", "total_models": 1}
        socket.send(track[1_000_000:])
        assert [event["status"] for event in socket.finish()] == ["completed", "finished"]


def test_what_is_known_so_far_comes_too(server: Server, track: bytes) -> None:
    with opened(server.port, models="key,silence", partial=1) as socket:
        socket.send(track[:2_000_000])
        first = [socket.next() or {} for _ in range(3)]
        assert [event["status"] for event in first] == ["started", "partial", "partial"]
        socket.send(track[2_000_000:])
        assert results(socket.finish()) == server.analyze(track, "key,silence").results


@pytest.mark.parametrize(("name", "kind"), [("pcm_f32le", "<f4"), ("pcm_s16le", "<i2")])
def test_samples_need_no_container(server: Server, name: str, kind: str) -> None:
    time = np.arange(2 * 48_000) / 48_000
    tone = np.stack([np.sin(2 * np.pi * 440 * time), np.zeros(len(time))], axis=1) * (1 if kind == "<f4" else 32767)
    samples = tone.astype(kind).tobytes()
    with opened(server.port, models="silence,audio", format=name, rate=48_000, channels=2) as socket:
        socket.send(samples)
        events = socket.finish()
    found = results(events)
    assert found["silence"]["duration"] == 2
    assert "warnings" not in events[-1]
    query = f"silence,audio&format={name}&rate=48000&channels=2"
    with server.open() as exchange:
        exchange.request(
            "POST",
            f"/v1/analysis/stream?models={query}",
            {"Content-Length": str(len(samples))},
        )
        exchange.connection.sendall(samples)
        exchange.answer().finish()
        assert exchange.answer().results == found


def test_a_document_is_one_message(server: Server) -> None:
    with opened(server.port, shape="audio-features") as socket:
        socket.send(SOUND)
        (document,) = socket.finish()
    assert document["duration_ms"] == pytest.approx(5000, abs=100)


@pytest.mark.release
def test_a_long_event_is_one_message(server: Server) -> None:
    song = encoded(BY_NAME["mp3-cbr"], 150.0)
    with opened(server.port, models="pitch_melody") as socket:
        socket.send(song)
        events = socket.finish()
    assert len(json.dumps(events[1])) > 1 << 16
    assert set(results(events)) == {"pitch_melody"}


def test_radio_is_heard_until_it_is_enough(server: Server) -> None:
    with (
        Web.started({"/track.wav": SOUND}) as web,
        opened(server.port, models=MODELS, audio_url=web.url("/radio")) as socket,
    ):
        assert socket.next() == {"status": "started", "total_models": 2}
        events = socket.finish()
        assert [event["status"] for event in events] == ["completed", "completed", "finished"]
        assert web.left.wait(PATIENCE_SECONDS)


def test_a_file_at_an_address_needs_no_end(server: Server) -> None:
    with (
        Web.started({"/track.wav": SOUND}) as web,
        opened(server.port, models=MODELS, audio_url=web.url("/track.wav")) as socket,
    ):
        assert results(socket.rest()) == server.analyze(SOUND, MODELS).results
        assert socket.closed_with == (1000, "")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"models": "nonesuch"}, 400),
        ({"models": "key("}, 422),
        ({}, 422),
        ({"models": "key", "shape": "circle"}, 422),
        ({"models": "key", "rate": 48_000}, 422),
        ({"models": "key", "format": "pcm_f32le", "rate": 48_000, "channels": 9}, 400),
        ({"models": "key", "format": "pcm_f32le", "rate": 1, "channels": 2}, 400),
    ],
)
def test_a_handshake_is_refused_as_a_post_is(server: Server, query: dict[str, str | int], status: int) -> None:
    path = "/v1/analysis/stream?" + "&".join(f"{name}={value}" for name, value in query.items())
    with server.open() as exchange:
        exchange.request("POST", path, {"Content-Length": "1"})
        exchange.connection.sendall(b"x")
        expected = exchange.answer().detail
        assert exchange.answer().status == status
    assert refusal(server.port, None, None, **query)[:2] == (status, expected)


def test_audio_that_is_too_large_is_refused_before_it_is_sent(server: Server) -> None:
    assert refusal(server.port, None, None, models="key", length=2**40)[0] == 413


def test_other_requests_are_told_what_it_is(server: Server) -> None:
    with server.open() as exchange:
        exchange.request("GET", "/v1/analysis/live?models=key")
        assert exchange.answer().status == 426
        assert exchange.answer().header("Upgrade") == "websocket"


def test_what_is_no_audio_is_an_event_and_a_code(server: Server) -> None:
    with opened(server.port, models="key") as socket:
        socket.send(b"<html>" * 100_000)
        (event,) = socket.finish()
        assert event["status"] == "error"
        assert "a web page" in event["error"] or "not audio" in event["error"]
        assert socket.closed_with[0] == 1008


def test_the_log_has_a_line_and_the_metrics_a_count(server: Server) -> None:
    with opened(server.port, models="key") as socket:
        socket.send(SOUND)
        socket.finish()
    wait_for(lambda: any("/v1/analysis/live" in line and "completed" in line for line in server.log))
