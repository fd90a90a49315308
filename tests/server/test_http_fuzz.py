"""Any bytes on the connection: the server answers with what HTTP has for it, or closes, and goes on serving."""

from __future__ import annotations

import json
import re
import socket
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.http import Server
from tests.support.media import BY_NAME, encoded

SOUND = encoded(BY_NAME["mp3-cbr"], 0.5)
LONG = b"<long>"
"""Stands for 70,000 letters, more than the head of a request may have."""
PATH = "/v1/analysis/stream"

BYTES = st.binary(max_size=40)
METHODS = st.sampled_from(
    [b"POST"] * 6 + [b"GET", b"HEAD", b"PUT", b"OPTIONS", b"CONNECT", b"TRACE", b"post", b"P\xd6ST"]
)
MODELS = st.sampled_from(
    [
        "key",
        "silence",
        "key:1",
        "nonsense",
        "key:9",
        "silence(threshold=-40)",
        "silence(threshold=nan)",
        "key,",
        "%00",
        "",
    ]
)
PATHS = st.one_of(
    st.builds(lambda models: f"{PATH}?models={models}".encode(), MODELS),
    st.builds(lambda query: f"{PATH}?models=".encode() + query.replace(b"\n", b"%"), BYTES),
    st.sampled_from(
        [b"/", b"*", b"/v1/models", b"/v1/models/", b"/healthz", b"/readyz", b"/metrics", b"/docs", b"/%2e%2e"]
    ),
    st.sampled_from([b"/openapi.json", b"http://other.test/healthz", b"//healthz", b"/" + LONG, b"/%ff%fe"]),
    BYTES,
)
HEADERS = st.sampled_from(
    [
        *[b"Host: localhost", b"Host: a\r\nHost: b", b"Host:", b"Content-Length: 0", b"Content-Length: 5"],
        *[b"Content-Length: -1", b"Content-Length: 99999999999999999999", b"Content-Length: 5\r\nContent-Length: 6"],
        *[b"Content-Length: \xb2", b"Content-Length: +5", b"Content-Length: 5, 5", b"Content-Length: " + b"9" * 5000],
        *[b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: identity"],
        *[
            b"Content-Type: multipart/form-data; boundary=",
            b"Content-Type: application/json",
            b"Content-Encoding: gzip",
        ],
        *[
            b"audio-url: http://127.0.0.1:1/",
            b"audio-url: ",
            b"audio-url: \xff\xfe",
            b"audio_url: x",
            b"audio-url: " + LONG,
        ],
        *[
            b"Expect: 100-continue",
            b"Expect: nonsense",
            b"Upgrade: websocket\r\nConnection: Upgrade",
            b"Connection: close",
        ],
        *[b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk", b"X-Correlation-ID: x"],
        *[b"X-Forwarded-For: \xff", b"Forwarded: for=x", b"Authorization: Bearer", b"Cookie: ;;;=", b"Range: bytes=0-"],
        *[b"filename: \xf0\x9f\x8e\xb5", b"Accept: nothing/at-all", b"Accept-Encoding: gzip", b": empty", b"no colon"],
        *[b" folded", b"X: a\rb", b"X: a\0b", b"X: " + LONG, b"Origin: null", b"TE: trailers"],
    ]
)
CHUNKS = st.sampled_from(
    [
        *[
            b"%x\r\n%b\r\n" % (len(SOUND), SOUND),
            b"5\r\naudio\r\n",
            b"0\r\n\r\n",
            b"zz\r\n",
            b"-1\r\n",
            b"ffffffffffffffffff\r\n",
        ],
        *[b'5;ext="\r\naudio\r\n', b"5\naudio\n", b"1\r\naudio", b"0\r\nTrailer: x\r\n\r\n", b"\r\n\r\n"],
    ]
)
BODIES = st.one_of(st.just(b""), st.just(SOUND), BYTES, st.lists(CHUNKS, max_size=4).map(b"".join))
VERSIONS = st.sampled_from([b"HTTP/1.1"] * 8 + [b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.1 x", b""])


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    line = b" ".join((draw(METHODS), draw(PATHS), draw(VERSIONS)))
    headers = draw(st.lists(HEADERS, max_size=6))
    if draw(st.booleans()):
        headers.append(b"Host: localhost")
    return b"\r\n".join((line, *headers, b"", b"")) + draw(BODIES)


_PATIENCE = 0.15
STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3}) ", re.MULTILINE)


@pytest.mark.release
@given(st.one_of(requests(), st.lists(requests(), max_size=3).map(b"".join), st.binary(max_size=300)))
@example(b"POST /v1/analysis/stream?models=silence HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\naudio")
def test_whatever_comes_the_server_answers_and_goes_on(server: Server, sent: bytes) -> None:
    received = exchanged(server.port, sent.replace(LONG, b"a" * 70_000))
    for status in STATUS.findall(received):
        assert int(status) < 500 or int(status) == 503, (sent, received)
    for line in received.splitlines():
        if line.startswith(b"data: "):
            json.loads(line[6:])
    assert server.get("/healthz") == (200, {"status": "ok"})


def exchanged(port: int, sent: bytes) -> bytes:
    """What comes back until the server closes, or for as long as it has something to say."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection, suppress(OSError):
        connection.sendall(sent)
        # Both sides wait where a request has not ended; and uvicorn takes a half-closed connection for a lost one.
        connection.settimeout(_PATIENCE)
        while piece := connection.recv(1 << 16):
            received += piece
    return received


def test_the_workers_are_all_there_afterwards(server: Server) -> None:
    assert server.analyze(SOUND, "silence").statuses == ["started", "completed", "finished"]
    assert server.get("/readyz")[0] == 200
