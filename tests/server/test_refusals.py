"""What a client is told when a request cannot be served, before and after the stream has started."""

from __future__ import annotations

import http.client
import re

import pytest

from tests.support.http import Server
from tests.support.media import BY_NAME, Format, encoded
from tests.support.waiting import PATIENCE_SECONDS, wait_for
from tests.support.web import Web

LONG = Format("long", "mp3", "libmp3lame", "fltp", rate=22_050, layout="mono", exact=False, bit_rate=32_000)


@pytest.mark.parametrize("query", ["", "?models=", "?models=key,,", "?models=key:one", "?models=%2C", "?model=key"])
def test_missing_or_malformed_models_are_422_in_fastapis_form(server: Server, query: str) -> None:
    with server.open() as exchange:
        exchange.request("POST", f"/v1/analysis/stream{query}", {"Content-Length": "0"})
        answer = exchange.answer()
        assert answer.status == 422
        assert answer.detail[0]["loc"] == ["query", "models"]
        assert answer.detail[0]["msg"]


@pytest.mark.parametrize(
    ("models", "words"),
    [
        ("kee", "Did you mean key"),
        ("key:9", "no version 9. It has key:1, key:2."),
        ("key,loudness_r128", "loudness_ebur128"),
        ("key,tempo,", "Unknown model 'tempo'. Did you mean beats, bpm_degara or bpm_multifeature?"),
    ],
)
def test_unknown_models_are_400_with_the_nearest_names(server: Server, models: str, words: str) -> None:
    answer = server.analyze(b"x" * 100, models)
    assert answer.status == 400
    assert words in answer.detail


def test_parameters_that_a_model_does_not_have_are_422(server: Server) -> None:
    answer = server.analyze(b"x" * 100, "key(speed=2)")
    assert answer.status == 422
    assert "parameters of this model: none" in answer.detail[0]["msg"]


@pytest.mark.parametrize(
    "body",
    [b"\0" * 300_000, bytes(range(128, 256)) * 50],
    ids=["zeros", "bytes"],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_what_is_no_audio_is_400(server: Server, body: bytes, chunked: bool) -> None:
    answer = server.analyze([body] if chunked else body)
    assert answer.status == 400
    assert "not audio in a format that Tonearm reads" in answer.detail


def test_a_large_body_that_is_no_audio_is_refused_at_its_beginning(server: Server) -> None:
    with server.open() as exchange:
        exchange.post("key", length=200_000_000)
        exchange.send(b"no audio at all " * 20_000)
        answer = exchange.answer()
        assert answer.status == 400
        assert "not audio" in answer.detail


@pytest.mark.parametrize("chunked", [False, True])
def test_an_empty_body_without_url_is_400(server: Server, chunked: bool) -> None:
    answer = server.analyze([] if chunked else b"")
    assert answer.status == 400
    assert "audio-url" in answer.detail


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_and_a_url_is_400(server: Server, track: bytes, chunked: bool) -> None:
    answer = server.analyze([track] if chunked else track, "key", {"audio-url": "http://example.com/a.mp3"})
    assert answer.status == 400
    assert "not both" in answer.detail


def test_an_index_that_never_comes_is_an_error_event(server: Server) -> None:
    cut = encoded(BY_NAME["m4a-aac"])[:20_000]
    answer = server.analyze(cut, "key,bpm_degara")
    assert answer.statuses == ["started", "error", "finished"]
    assert "without its index" in answer.events[1]["error"]
    assert "model_name" not in answer.events[1]
    assert answer.events[-1]["total_models"] == 2


@pytest.mark.release
def test_a_declared_size_over_the_cap_is_413() -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_MAX_BODY_BYTES="100000", TONEARM_MAX_SECONDS="10") as server:
        with server.open() as exchange:
            exchange.post("key", {"Expect": "100-continue"}, 100_001)
            answer = exchange.answer()
            assert answer.status == 413
            assert "100000 bytes" in answer.detail
        # Not declared: it shows while it arrives.
        sound = encoded(BY_NAME["mp3-cbr"], 20.0)
        with server.open() as exchange:
            exchange.post("key")
            exchange.send(sound[:65_000])
            assert exchange.answer().next_event() == {"status": "started", "total_models": 1}
            exchange.send_body([sound[65_000:]])
            exchange.answer().finish()
            assert exchange.answer().statuses == ["started", "error", "finished"]
            assert "larger than 100000 bytes" in exchange.answer().events[1]["error"]
        answer = server.analyze(encoded(LONG, 11.0), "key")
        assert answer.statuses == ["started", "completed", "error", "finished"]
        assert "longer than 10 seconds" in answer.events[2]["error"]
        assert "model_name" not in answer.events[2]
        assert server.analyze(encoded(BY_NAME["wav-8k"], 3.0), "key").statuses == ["started", "completed", "finished"]


def test_a_full_engine_is_429_with_retry_after(track: bytes) -> None:
    with (
        Server.started(TONEARM_WORKERS="1", TONEARM_QUEUE="1", TONEARM_BUFFER_BYTES="0") as server,
        server.open() as busy,
        server.open() as queued,
        server.open() as refused,
    ):
        busy.post("key", length=len(track))
        busy.send(track[: 1 << 17])
        busy.answer().next_event()
        queued.post("key", length=len(track))
        queued.send(track[:1000])
        wait_for(lambda: server.get("/readyz")[1]["free"] == 0)
        refused.post("key", {"Expect": "100-continue"}, len(track))
        answer = refused.answer()
        assert answer.status == 429
        assert int(answer.header("Retry-After")) >= 1
        assert "Retry-After" in answer.detail
        # Those that were accepted are served, one after the other.
        busy.send(track[1 << 17 :])
        busy.answer().finish()
        assert busy.answer().statuses == ["started", "completed", "finished"]
        queued.send(track[1000:])
        queued.answer().finish()
        assert queued.answer().statuses == ["started", "completed", "finished"]


@pytest.mark.release
def test_a_client_that_sends_nothing_is_let_go(track: bytes) -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_IDLE_SECONDS="10") as server:
        with server.open() as silent, server.open() as stalled:
            silent.post("key", length=1000)
            stalled.post("key", length=len(track))
            stalled.send(track[: 1 << 17])
            assert silent.answer().status == 400
            assert "No data arrived for 10 seconds" in silent.answer().detail
            stalled.answer().finish()
            assert stalled.answer().statuses == ["started", "error", "finished"]
        assert server.analyze(track, "key").statuses == ["started", "completed", "finished"]


def test_other_methods_and_paths(server: Server) -> None:
    for method, path, status in (("GET", "/v1/analysis/stream?models=key", 405), ("GET", "/v2", 404)):
        with server.open() as exchange:
            exchange.request(method, path)
            assert exchange.answer().status == status
            assert re.fullmatch(r"[0-9a-f-]{36}", exchange.answer().header("X-Correlation-ID"))


def test_a_client_that_goes_away_frees_its_worker_at_once(server: Server, track: bytes) -> None:
    free = server.get("/readyz")[1]["free"]
    pids = server.workers()
    for _ in range(3):
        with server.open() as exchange:
            exchange.post("key,bpm_degara", length=len(track))
            exchange.send(track[: 1 << 18])
            exchange.answer().next_event()
            assert server.get("/readyz")[1]["free"] == free - 1
        wait_for(lambda: server.get("/readyz")[1]["free"] == free)
    assert server.workers() == pids


def test_a_client_that_goes_away_after_its_upload_frees_its_worker_at_once(server: Server, track: bytes) -> None:
    free = server.get("/readyz")[1]["free"]
    with server.open() as exchange:
        exchange.post("key,bpm_degara", length=len(track))
        exchange.send(track)
    wait_for(lambda: server.get("/readyz")[1]["free"] == free)
    assert server.analyze(track, "key").statuses == ["started", "completed", "finished"]


def test_a_refusal_reaches_a_client_that_first_sends_everything(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    connection.request("POST", "/v1/analysis/stream?models=nonsense", body=bytes(9_700_000))
    response = connection.getresponse()
    assert response.status == 400
    assert b"Unknown model" in response.read()
    connection.close()


@pytest.mark.release
def test_a_413_reaches_a_client_that_sends_far_more_than_the_limit() -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_MAX_BODY_BYTES="1000000") as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.putrequest("POST", "/v1/analysis/stream?models=key")
        connection.putheader("Content-Length", str(200 << 20))
        connection.endheaders()
        for _ in range(200):
            connection.send(bytes(1 << 20))
        assert connection.getresponse().status == 413
        connection.close()


def test_a_refused_client_that_pauses_is_let_go(server: Server) -> None:
    with server.open() as exchange:
        exchange.post("nonsense", length=1000)
        exchange.answer().body()
        assert exchange.connection.recv(1) == b""


def test_a_list_of_models_that_is_too_long_is_422(server: Server) -> None:
    answer = server.analyze(b"x", ",".join(["key"] * 2000))
    assert answer.status == 422
    assert "longer than 4000 characters" in answer.detail[0]["msg"]


def test_a_client_of_a_slow_download_that_goes_away_frees_its_worker(server: Server, track: bytes) -> None:
    free = server.get("/readyz")[1]["free"]
    with Web.started({"/track.wav": track}) as web:
        with server.open() as exchange:
            exchange.request(
                "POST",
                "/v1/analysis/stream?models=key",
                {"Content-Length": "0", "audio-url": web.url("/trickle")},
            )
            wait_for(lambda: server.get("/readyz")[1]["free"] == free - 1)
        wait_for(lambda: server.get("/readyz")[1]["free"] == free)
