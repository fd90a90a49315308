"""POST /v1/analysis/stream on the real server, over a plain socket."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from tests.support import shared
from tests.support.filter import run
from tests.support.http import Server
from tests.support.media import FORMATS, Format, encoded
from tests.support.programs import needs
from tests.support.waiting import wait_for


def test_the_events_of_a_request(server: Server, track: bytes) -> None:
    answer = server.analyze(track, "key:1,bpm_degara,loudness-ebur128")
    assert answer.status == 200
    assert answer.header("Content-Type") == "text/event-stream; charset=utf-8"
    assert answer.header("Cache-Control") == "no-cache"
    assert answer.header("X-Accel-Buffering") == "no"
    assert UUID(answer.header("X-Correlation-ID")).version == 4
    assert answer.events[0] == {"status": "started", "total_models": 3}
    assert answer.events[-1] == {"status": "finished", "total_models": 3}
    assert answer.statuses == ["started", "completed", "completed", "completed", "finished"]
    identities = set()
    for event in answer.events[1:-1]:
        assert list(event) == ["status", "result"]
        assert list(event["result"]) == ["model_name", "model_version", "correlation_id", "results"]
        assert event["result"]["model_version"] == "1"
        identities.add(UUID(event["result"]["correlation_id"]))
    assert len(identities) == 3
    assert set(answer.results) == {"key", "bpm_degara", "loudness-ebur128"}
    assert answer.results["key"]["key"] == ["A"]
    assert answer.results["key"]["scale"] == ["minor"]
    assert answer.results["bpm_degara"]["bpm"] == pytest.approx(120, rel=0.005)


def test_each_event_is_one_data_line_and_a_blank_line(server: Server, track: bytes) -> None:
    raw = server.analyze(track, "key").raw
    for block in raw.removesuffix(b"\n").split(b"\n\n"):
        assert block.startswith((b"data: {", b":")), block
        assert b"\n" not in block.rstrip(b"\n")


def test_the_same_answer_however_the_bytes_arrive(server: Server, track: bytes) -> None:
    models = "key,bpm_degara,loudness_ebur128,loudness_ebur128:2"
    whole = server.analyze(track, models).results
    for size in (1 << 20, 65_536, 1_777):
        chunks = (track[start : start + size] for start in range(0, len(track), size))
        assert server.analyze(chunks, models).results == whole
    local = run(track, "key").results["key:1"]
    assert whole["key"] == local


def test_one_byte_at_a_time(server: Server) -> None:
    sound = encoded(next(form for form in FORMATS if form.name == "mp3-cbr"), 1.0)
    with server.open() as exchange:
        exchange.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        exchange.post("key", length=len(sound))
        exchange.send_body(sound[i : i + 1] for i in range(len(sound)))
        exchange.answer().finish()
        assert exchange.answer().results == server.analyze(sound, "key").results


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_every_format(server: Server, form: Format) -> None:
    answer = server.analyze(encoded(form), "loudness_ebur128:2", {"filename": "no-such-thing.mid"})
    assert answer.statuses == ["started", "completed", "finished"]
    reference = run(encoded(form), "loudness_ebur128:2").results["loudness_ebur128:2"]
    assert answer.results["loudness_ebur128:2".partition(":")[0]] == reference


@pytest.mark.parametrize("content_type", ["audio/mpeg", "application/json", "text/plain", "multipart/form-data"])
def test_any_content_type(server: Server, track: bytes, content_type: str) -> None:
    assert server.analyze(track, "key", {"Content-Type": content_type}).results["key"]["key"] == ["A"]


def test_every_byte_of_an_upload_is_analysed(server: Server, track: bytes) -> None:
    """A lost part of the body would shorten the beats and the curves."""
    for _ in range(5):
        chunks = (track[i : i + 9_999] for i in range(0, len(track), 9_999))
        results = server.analyze(chunks, "loudness-ebur128").results
        assert len(results["loudness-ebur128"]["momentaryLoudness"][0]) == 197


def test_expect_100_continue(server: Server, track: bytes) -> None:
    with server.open() as exchange:
        exchange.post("key", {"Expect": "100-continue"}, len(track))
        assert exchange.connection.recv(1 << 16).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        exchange.send(track)
        answer = exchange.answer()
        answer.finish()
        assert answer.results["key"]["key"] == ["A"]


def test_a_refused_request_is_not_asked_for_its_body(server: Server) -> None:
    with server.open() as exchange:
        exchange.post("nonsense", {"Expect": "100-continue"}, 10_000_000)
        answer = exchange.answer()
        assert answer.status == 400
        assert "Unknown model 'nonsense'" in answer.detail


def test_started_arrives_long_before_the_last_byte(server: Server, track: bytes) -> None:
    """The upload stops after 128 KiB and goes on only when `started` is there."""
    with server.open() as exchange:
        exchange.post("key,loudness_ebur128", length=len(track))
        exchange.send(track[: 1 << 17])
        answer = exchange.answer()
        assert answer.next_event() == {"status": "started", "total_models": 2}
        exchange.send(track[1 << 17 :])
        answer.finish()
        assert answer.statuses == ["started", "completed", "completed", "finished"]


def test_decoding_keeps_pace_with_the_upload(track: bytes) -> None:
    """The worker's log says, while the body is still arriving, how far it has decoded."""
    with Server.started(TONEARM_WORKERS="1", TONEARM_LOG_LEVEL="debug") as server, server.open() as exchange:
        exchange.post("key,bpm_degara,loudness_ebur128", length=len(track))
        for part in range(1, 5):
            exchange.send(track[(part - 1) * len(track) // 5 : part * len(track) // 5])
            # 20 s in five parts of 4 s: all but the block under way (1.5 s) and FFmpeg's look-ahead must be decoded.
            wait_for(partial(has_decoded, server, 4 * part - 2.1))
        assert decoded_seconds(server) < 17
        exchange.send(track[4 * len(track) // 5 :])
        answer = exchange.answer()
        answer.finish()
        assert answer.statuses[-1] == "finished"
        wait_for(lambda: decoded_seconds(server) == pytest.approx(20))


def has_decoded(server: Server, seconds: float) -> bool:
    return decoded_seconds(server) >= seconds


def decoded_seconds(server: Server) -> float:
    """Of the last request: before the first one, a worker has decoded what it warms up with."""
    decoded = 0.0
    taken = False
    for line in server.log:
        if " takes a request " in line:
            taken, decoded = True, 0.0
        elif taken and " decoded " in line:
            decoded = float(line.partition(" decoded ")[2].split()[0])
    return decoded


@pytest.mark.parametrize("protocol", ["h2c", "websocket"])
def test_a_client_that_offers_to_upgrade_keeps_its_body(server: Server, track: bytes, protocol: str) -> None:
    offer = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": protocol, "HTTP2-Settings": "AAMAAABkAAQAAP__"}
    assert server.analyze(track, "key", offer).statuses == ["started", "completed", "finished"]


def test_models_may_be_given_more_than_once(server: Server, track: bytes) -> None:
    with server.open() as exchange:
        exchange.request(
            "POST", "/v1/analysis/stream?models=key&models=bpm_degara", {"Content-Length": str(len(track))}
        )
        exchange.send(track)
        exchange.answer().finish()
        assert set(exchange.answer().results) == {"key", "bpm_degara"}


def test_one_connection_serves_several_requests(server: Server, track: bytes) -> None:
    with server.open() as exchange:
        for _ in range(2):
            exchange.post("key", length=len(track))
            exchange.send(track)
            answer = exchange.answer()
            answer.finish()
            assert answer.statuses == ["started", "completed", "finished"]
            exchange.forget()


def test_requests_side_by_side(server: Server, track: bytes) -> None:
    expected = server.analyze(track, "key,bpm_degara").results
    found: list[dict[str, object]] = []
    threads = [
        threading.Thread(target=lambda: found.append(server.analyze(track, "key,bpm_degara").results)) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 6


def test_parameters_are_given_in_the_spec(server: Server, track: bytes) -> None:
    results = server.analyze(track, "loudness_ebur128:2(curves=true)").results["loudness_ebur128"]
    assert len(results["momentary_lufs"]) == 197


@needs("curl")
def test_the_public_pages_curl_commands(server: Server, track: bytes, tmp_path: Path) -> None:
    """As the Essentia API's page has them, with another host."""
    file = tmp_path / "audio.wav"
    file.write_bytes(track)
    url = f"http://127.0.0.1:{server.port}/v1/analysis/stream?models=key:1,bpm_degara,loudness-ebur128"
    sent = subprocess.run(
        ["curl", "-sN", "-X", "POST", url, "-H", "filename: audio.wav", "--data-binary", f"@{file}"],
        capture_output=True,
        check=True,
    )
    events = [json.loads(line[6:]) for line in sent.stdout.splitlines() if line]
    assert [event["status"] for event in events] == ["started", "completed", "completed", "completed", "finished"]
    piped = subprocess.run(["curl", "-sN", "-T", "-", "-X", "POST", url], input=track, capture_output=True, check=True)
    assert piped.stdout.count(b"data: ") == 5


@shared.needed
def test_the_long_song(server: Server) -> None:
    song = (shared.ROOT / "audio" / "song" / "song-5min.mp3").read_bytes()
    answer = server.analyze(song, "key,bpm_degara,loudness_ebur128")
    assert answer.statuses == ["started", "completed", "completed", "completed", "finished"]
    assert answer.results["loudness_ebur128"]["integratedLoudness"][0] == pytest.approx(-15.92, abs=0.02)
