"""What the server and its workers log, and what they never do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.http import Server
from tests.support.waiting import PATIENCE_SECONDS, wait_for
from tests.support.web import Web
from tonearm.server.request_record import origin

SECRET = "s3cr3tw0rd"
TRACE_ID, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
INVALID = [
    f"00-{TRACE_ID}-{SPAN}",
    f"00-{TRACE_ID}-{SPAN}-01-{SECRET}",
    f"00-{TRACE_ID}-{SPAN}-01,00-{TRACE_ID}-{SPAN}-01",
    f"00-{TRACE_ID}-{SPAN}-1",
    f"01-{TRACE_ID}-{SPAN}-01",
    f"ff-{TRACE_ID}-{SPAN}-01",
    f"00-{TRACE_ID.upper()}-{SPAN}-01",
    f"00-{TRACE_ID[:-1]}g-{SPAN}-01",
    f"00-{TRACE_ID[:-1]}-{SPAN}-01",
    f"00-{'0' * 32}-{SPAN}-01",
    f"00-{TRACE_ID}-{'0' * 16}-01",
    f"00-{TRACE_ID}-{SPAN}-0\xb9",
    SECRET,
    "",
]
QUIET = {"TONEARM_WORKERS": "1", "TONEARM_RATE_LIMIT": "off", "TONEARM_FETCH_ALLOW": "127.0.0.0/8"}


def requests(server: Server) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in server.log]
    return [line for line in lines if line["logger"] == "tonearm.server.access_log"]


def test_json_lines(track: bytes) -> None:
    with Server.started(**QUIET, TONEARM_LOG_FORMAT="json", TONEARM_LOG_LEVEL="debug") as server:
        answer = server.analyze(track, "key,loudness-ebur128:2", {"traceparent": f"00-{TRACE_ID}-{SPAN}-01"})
        server.analyze(b"no audio " * 100)
        server.get("/healthz")
        wait_for(lambda: len(requests(server)) == 3)
        done, refused, probe = requests(server)
        correlation_id = answer.header("X-Correlation-ID")
        for line in map(json.loads, server.log):
            assert {"time", "level", "logger", "process", "pid", "correlation_id", "message"} <= set(line)
        assert done.pop("seconds") > 0
        del done["time"], done["pid"]
        assert done == {
            "level": "info",
            "logger": "tonearm.server.access_log",
            "process": "server",
            "correlation_id": correlation_id,
            "message": "request",
            "method": "POST",
            "path": "/v1/analysis/stream",
            "client": "127.0.0.1",
            "trace_id": TRACE_ID,
            "status": 200,
            "outcome": "completed",
            "models": ["key:1", "loudness_ebur128:2"],
            "audio_url": None,
            "bytes_in": len(track),
            "audio_seconds": 20.0,
        }
        assert (refused["status"], refused["outcome"]) == (400, "400")
        assert refused["trace_id"] is None
        assert (probe["path"], probe["level"]) == ("/healthz", "debug")
        # Both of a worker's threads name the request.
        decoded = [line for line in map(json.loads, server.log) if line["message"].startswith("decoded ")]
        assert {line["process"] for line in decoded} == {"worker"}
        assert {line["pid"] for line in decoded} == set(server.workers())
        assert decoded[-1]["correlation_id"] == correlation_id


@pytest.mark.release
def test_lines_for_a_person(track: bytes) -> None:
    with Server.started(**QUIET) as server:
        answer = server.analyze(track, "key", {"traceparent": f"00-{TRACE_ID}-{SPAN}-00", "tracestate": SECRET})
        wait_for(lambda: "outcome=completed" in server.log[-1])
        line = server.log[-1]
        assert f"INFO {answer.header('X-Correlation-ID')} server[{server.process.pid}] request method=POST" in line
        assert f"models=key:1 bytes_in={len(track)} audio_seconds=20.0" in line
        assert f"client=127.0.0.1 trace_id={TRACE_ID} outcome=" in line
        assert "audio_url" not in line
        several = f"00-{TRACE_ID}-{SPAN}-01\r\ntraceparent: 00-{TRACE_ID}-{SPAN}-01"
        for traceparent in (*INVALID, several):
            with server.open() as exchange:
                exchange.request("GET", "/v1/models", {"traceparent": traceparent})
                assert exchange.answer().status == 200
        wait_for(lambda: sum("path=/v1/models" in line for line in server.log) == len(INVALID) + 1)
        assert not any("trace_id" in line or TRACE_ID in line for line in server.log if "path=/v1/models" in line)
        assert not any(SECRET in line for line in server.log)


@pytest.mark.release
def test_no_secret_is_ever_logged(track: bytes) -> None:
    """Not in any line of any library, at the most talkative level."""
    tagged = b"ID3\x04\x00\x00\x00\x00\x00\x20" + SECRET.encode().ljust(32) + track
    with (
        Web.started({"/track.wav": track, f"/track.wav?token={SECRET}": track}) as web,
        Server.started(**QUIET, TONEARM_LOG_LEVEL="debug", TONEARM_LOG_FORMAT="json") as server,
    ):
        port = web.port
        headers = {"Authorization": f"Bearer {SECRET}", "Cookie": f"id={SECRET}", "X-Api-Key": SECRET}
        assert server.analyze(tagged, "key", {**headers, "filename": SECRET}).statuses[-1] == "finished"
        assert server.analyze(SECRET.encode() * 100, "key").status == 400
        urls = [
            f"http://127.0.0.1:{port}/track.wav?token={SECRET}",
            f"http://127.0.0.1:{port}/{SECRET}/missing.wav?token={SECRET}#{SECRET}",
            f"http://user:{SECRET}@127.0.0.1:{port}/track.wav",
            f"http://{SECRET}@127.0.0.1:{port}/track.wav",
            f"http://user:{SECRET}/word@127.0.0.1:{port}/track.wav",
            f"http://user:{SECRET}@[127.0.0.1/track.wav",
            f"http://us\u00e9r:{SECRET}@127.0.0.1/track.wav",
            f"{SECRET}://127.0.0.1/track.wav",
            f"//{SECRET}",
            f"http%3A%2F%2Fuser%3A{SECRET}%40127.0.0.1%2Ftrack.wav",
            f"http://127.0.0.1:{port}/missing.wav?a b={SECRET}",
            f"http://127.0.0.1:9/track.wav?token={SECRET}",
        ]
        answers = [server.analyze(b"", "key", {**headers, "audio-url": url}) for url in urls]
        assert answers[0].statuses == ["started", "completed", "finished"]
        assert {answer.status for answer in answers[1:]} == {400}
        paths = [
            f"/v1/analysis/stream?models=key&token={SECRET}",
            f"/v1/analysis/stream?models={SECRET}",
            f"/v1/analysis/stream?models=key({SECRET}=1)",
            f"/v1/analysis/stream?models=key&audio_url=http://127.0.0.1:{port}/{SECRET}.wav?token={SECRET}",
            f"/v1/models?key={SECRET}",
            f"http://localhost/v1/models?key={SECRET}",
            f"/https://user:{SECRET}@localhost/",
        ]
        for path in paths:
            with server.open() as exchange:
                exchange.request("POST", path, {"Content-Length": "0", **headers})
                exchange.answer().body()
        wait_for(lambda: len(requests(server)) == 2 + len(urls) + len(paths))
        with server.open() as exchange:
            exchange.request("POST", f"http://user:{SECRET}@localhost/v1/models", headers)
            assert exchange.answer().status == 400
        server.process.terminate()
        server.process.wait(PATIENCE_SECONDS)
        assert not [line for line in server.log if SECRET in line]
        shown = [line["audio_url"] for line in requests(server) if line.get("audio_url")]
        assert shown[:4] == ["http://127.0.0.1"] * 4


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:word@Example.COM:8443/a?b=c#d", "https://example.com"),
        ("http://[2001:db8::1]:80/a", "http://[2001:db8::1]"),
        ("ftp://example.com/a", "?"),
        ("http://a\nb/", "http://ab"),
        ("http://[/", "?"),
        ("no url", "?"),
    ],
)
def test_of_a_url_only_scheme_and_host_are_shown(url: str, shown: str) -> None:
    assert origin(url) == shown
