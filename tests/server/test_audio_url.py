"""Audio by its address: the same answers as for an upload, and no way into the operator's network."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.support.hostile import Hostile, Script, head
from tests.support.http import Answer, Server
from tests.support.media import BY_NAME, encoded
from tests.support.programs import needs
from tests.support.radio import interleaved
from tests.support.web import Web
from tonearm.sources.network import FAILED


@pytest.fixture(scope="module")
def web(track: bytes) -> Iterator[Web]:
    files = {
        "/track.wav": track,
        "/with space (1).wav": b"",
        "/song.m4a": encoded(BY_NAME["m4a-aac"]),
        "/page.html": b"<!doctype html><p>not audio</p>" * 99,
        "/%E2%99%AB.wav": track,
    }
    with Web.started(files) as running:
        yield running


def fetch(server: Server, url: str, header: str = "audio-url", models: str = "key,loudness_ebur128") -> Answer:
    return server.analyze(b"", models, {header: url})


def test_a_url_gives_the_same_answer_as_the_upload(server: Server, web: Web, track: bytes) -> None:
    answer = fetch(server, web.url("/track.wav"))
    assert answer.statuses == ["started", "completed", "completed", "finished"]
    assert answer.results == server.analyze(track, "key,loudness_ebur128").results


@pytest.mark.parametrize("header", ["audio-url", "audio_url", "Audio-URL"])
@pytest.mark.parametrize("encode", [False, True], ids=["plain", "percent-encoded"])
def test_both_header_names_and_both_ways_to_write_a_url(server: Server, web: Web, header: str, encode: bool) -> None:
    url = web.url("/track.wav")
    assert fetch(server, quote(url, safe="") if encode else url, header).statuses[-1] == "finished"


def post(server: Server, query: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
    with server.open() as exchange:
        path = f"/v1/analysis/stream?models=key,loudness_ebur128&{query}"
        exchange.request("POST", path, {"Content-Length": str(len(body)), **(headers or {})})
        exchange.send_body(body)
        exchange.answer().finish()
        return exchange.answer()


@pytest.mark.parametrize("path", ["/track.wav", "/%E2%99%AB.wav"])
@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_url_in_the_query(server: Server, web: Web, track: bytes, path: str, times: int) -> None:
    """As it is, as it must be, and encoded before a library encodes it again."""
    url = web.url(path)
    for _ in range(times):
        url = quote(url, safe="")
    assert post(server, f"audio_url={url}").results == server.analyze(track, "key,loudness_ebur128").results


def test_a_url_in_the_query_is_the_only_source(server: Server, web: Web, track: bytes) -> None:
    url = web.url("/track.wav")
    for header in ("audio-url", "audio_url"):
        answer = post(server, f"audio_url={url}", {header: url})
        assert answer.status == 400
        assert "Send the audio's address once" in answer.detail
    assert "not both" in post(server, f"audio_url={url}", body=track).detail
    assert "Send a whole audio file" in post(server, "audio_url=").detail
    assert "not a public address" in post(server, "audio_url=http://10.0.0.1/a.wav").detail
    assert post(server, f"audio_url={url}", {"Origin": "https://example.com"}).status == 403


@needs("curl")
def test_the_public_pages_curl_command(server: Server, web: Web) -> None:
    """As the Essentia API's page has it, with another host."""
    url = f"http://127.0.0.1:{server.port}/v1/analysis/stream?models=key:1,bpm_degara,loudness-ebur128"
    sent = subprocess.run(
        ["curl", "-sN", "-X", "POST", url, "-H", f"audio-url: {web.url('/track.wav')}"], capture_output=True, check=True
    )
    statuses = [json.loads(line[6:])["status"] for line in sent.stdout.splitlines() if line]
    assert statuses == ["started", "completed", "completed", "completed", "finished"]


@pytest.mark.parametrize("path", ["/relative", "/absolute", "/twice", "/%E2%99%AB.wav", "/song.m4a"])
def test_redirects_and_other_files_are_followed(server: Server, web: Web, path: str) -> None:
    assert fetch(server, web.url(path)).statuses == ["started", "completed", "completed", "finished"]


def test_what_is_asked_of_the_other_server(server: Server, web: Web) -> None:
    fetch(server, web.url("/track.wav"))
    path, headers = web.requested[-1]
    assert path == "/track.wav"
    assert headers["Host"] == f"127.0.0.1:{web.port}"
    assert headers["Accept-Encoding"] == "identity"
    assert headers["User-Agent"].startswith("tonearm/")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/missing", f"{FAILED} The server answered with status 404."),
        ("/loop", f"{FAILED} It redirects more than 10 times."),
        ("/to-private", "leads to 10.0.0.1, which is not a public address"),
        ("/to-metadata", "leads to 169.254.169.254, which is not a public address"),
        ("/to-file", "must be an http or https address"),
        ("/compressed", "compression (gzip) is damaged"),
        ("/huge", "larger than"),
        ("/page.html", "The address answered with a web page, not audio."),
        ("/endless", "not audio in a format"),
    ],
)
def test_downloads_that_fail_before_the_stream_are_4xx(server: Server, web: Web, path: str, words: str) -> None:
    answer = fetch(server, web.url(path))
    assert answer.status == (413 if path == "/huge" else 400)
    assert words in answer.detail


def test_a_server_that_is_not_there(server: Server) -> None:
    answer = fetch(server, "http://127.0.0.1:9/track.wav")
    assert answer.status == 400
    assert answer.detail.startswith(FAILED)


def test_a_host_name_that_is_not_known(server: Server) -> None:
    answer = fetch(server, "http://no-such-host.invalid/track.wav")
    assert answer.status == 400
    assert "host name cannot be resolved" in answer.detail


def test_a_download_that_breaks_off_is_an_error_event(server: Server, web: Web) -> None:
    answer = fetch(server, web.url("/cut-off"))
    assert answer.statuses == ["started", "error", "finished"]
    assert answer.events[1]["error"].startswith(FAILED)
    assert answer.events[-1]["total_models"] == 2


@pytest.mark.release
def test_a_download_that_stalls_is_an_error_event(web: Web) -> None:
    with Server.started(
        TONEARM_WORKERS="1", TONEARM_IDLE_SECONDS="10", TONEARM_FETCH_ALLOW="127.0.0.0/8,::1/128"
    ) as server:
        answer = fetch(server, web.url("/stalls"))
        assert answer.statuses == ["started", "error", "finished"]
        assert answer.events[1]["error"].startswith(FAILED)
        assert fetch(server, web.url("/track.wav")).statuses[-1] == "finished"


@pytest.mark.parametrize("titles", [{}, {0: "Artist - One", 2: ""}], ids=["none", "two"])
def test_titles_that_a_station_sends_unasked_are_no_sound(server: Server, titles: dict[int, str]) -> None:
    sound = encoded(BY_NAME["mp3-cbr"], 8.0)
    stream = interleaved(sound, 16_000, titles)
    radio: dict[str, Script] = {
        "/": lambda: [head("Content-Type: audio/mpeg", "icy-metaint: 16000").replace(b"HTTP/1.1", b"ICY"), stream]
    }
    with Hostile.started(radio) as web:
        answer = fetch(server, web.url("/"))
        assert b"icy-metadata" not in web.requests[0].lower()
    assert answer.results == server.analyze(sound, "key,loudness_ebur128").results
    assert "warnings" not in answer.events[-1]


@pytest.mark.parametrize("interval", ["0", "-1", "none", "16000", "9" * 40])
def test_titles_that_a_station_announces_and_does_not_send_cost_no_sound(server: Server, interval: str) -> None:
    sound = encoded(BY_NAME["mp3-cbr"], 8.0)
    # Where a block would have no text, there is a byte that is none.
    assert sound[16_000] != 0
    with Hostile.started({"/": lambda: [head(f"icy-metaint: {interval}"), sound]}) as web:
        assert fetch(server, web.url("/")).results == server.analyze(sound, "key,loudness_ebur128").results


@pytest.mark.parametrize(
    "host",
    [
        *["127.0.0.1", "localhost", "127.1", "0x7f000001", "0x7f.1", "2130706433", "017700000001", "0177.0.0.1"],
        *[
            "0.0.0.0",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "10.1.2.3",
            "172.16.0.1",
        ],
        *["192.168.0.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "[fe80::1]", "[fd00:ec2::254]"],
        *["[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001::1]", "[fec0::1]", "[ff02::1]"],
        *["224.0.0.1", "255.255.255.255", "192.0.0.8", "198.18.0.1"],
    ],
)
def test_addresses_that_are_not_public_are_refused_and_not_connected_to(
    track: bytes, host: str, closed: Server
) -> None:
    with Web.started({"/track.wav": track}) as trap:
        for port in (trap.port, 80):
            answer = fetch(closed, f"http://{host}:{port}/track.wav")
            assert answer.status == 400
            assert "not a public address" in answer.detail or "host name cannot be resolved" in answer.detail
        assert trap.requested == []


@pytest.fixture(scope="module")
def closed() -> Iterator[Server]:
    """A server as it is by default: no private network is allowed."""
    with Server.started(TONEARM_WORKERS="1") as running:
        yield running


@pytest.mark.release
def test_downloads_can_be_switched_off(track: bytes) -> None:
    with (
        Web.started({"/track.wav": track}) as web,
        Server.started(TONEARM_WORKERS="1", TONEARM_AUDIO_URL="off", TONEARM_FETCH_ALLOW="127.0.0.0/8") as server,
    ):
        answer = server.analyze(b"", "key", {"audio-url": web.url("/track.wav")})
        assert answer.status == 400
        assert "Send the audio as the body" in answer.detail
        assert server.analyze(track, "key").statuses == ["started", "completed", "finished"]
