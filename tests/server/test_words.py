"""What a client is told of what is not audio: by its bytes, by where they came from, by the face that it asked."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from pathlib import Path

import pytest

from tests.support.command import lines, tonearm
from tests.support.hostile import Hostile, whole
from tests.support.http import Server
from tests.support.media import BY_NAME, encoded

PAGE = b"<!doctype html><title>Sign in</title>" * 30
JSON = json.dumps({"audio_url": "https://example.com/a.mp3"}).encode()
FORM = b"audio_url=https%3A%2F%2Fexample.com%2Fa.mp3&models=key"
EMPTY_WAV = b"RIFF" + struct.pack("<I4s4sIHHIIHH4sI", 36, b"WAVE", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16, b"data", 0)
ITSELF = "Audio is read as a file of its own, byte for byte."


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("one.mp3", encoded(BY_NAME["mp3-cbr"]))
    return file.getvalue()


ZIP = "a ZIP archive, not audio. Unpack it and analyse each file in it."


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (zipped(), f"This is {ZIP}"),
        (PAGE, "This is a web page, not audio."),
        (JSON, f"This is JSON, not audio. {ITSELF}"),
        (FORM, f"This is a form (application/x-www-form-urlencoded), not audio. {ITSELF}"),
        (b"\x89PNG\r\n\x1a\n" + bytes(3000), "This is an image (PNG), not audio."),
        (gzip.compress(encoded(BY_NAME["mp3-cbr"])), "This is gzip-compressed data, not audio. Decompress it first."),
        (EMPTY_WAV, "There are no samples in it: it ends before any sound."),
    ],
    ids=["zip", "page", "json", "form", "image", "gzip", "empty"],
)
def test_a_body(server: Server, body: bytes, words: str, chunked: bool) -> None:
    answer = server.analyze([body] if chunked else body)
    assert answer.status == 400
    assert answer.detail == words


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (PAGE, "text/html; charset=utf-8", "a web page (text/html), not audio."),
        (b"Moved here\n", "TEXT/HTML", "a web page (text/html), not audio."),
        (PAGE, "audio/mpeg", "a web page (audio/mpeg), not audio."),
        (PAGE, '"><script>', "a web page, not audio."),
        (JSON, "application/json", f"JSON (application/json), not audio. {ITSELF}"),
        (
            zipped(),
            "application/zip",
            "a ZIP archive (application/zip), not audio. Unpack it and analyse each file in it.",
        ),
    ],
)
def test_an_address(server: Server, body: bytes, content_type: str, words: str) -> None:
    with Hostile.started({"/a": whole(body, f"Content-Type: {content_type}")}) as web:
        answer = server.analyze(b"", "key", {"audio-url": web.url("/a")})
        assert answer.status == 400
        assert answer.detail == f"The address answered with {words}"
        answer = server.analyze(b"", "key", {"audio-url": web.url("/a"), "Accept": "application/json"})
        assert answer.detail == f"The address answered with {words}"


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "deflate, gzip", "x" * 200, "\xe9"])
def test_a_compressed_body_is_415_before_it_is_read(server: Server, coding: str) -> None:
    with server.open() as exchange:
        exchange.post("key", {"Content-Encoding": coding, "Expect": "100-continue"}, 1000)
        answer = exchange.answer()
        assert answer.status == 415
        assert answer.header("Accept-Encoding") == "identity"
        shown = coding.lower() if len(coding) < 100 and coding.isascii() else "unknown"
        assert answer.detail == f"The body is compressed (Content-Encoding: {shown}). Send the audio file as it is."


@pytest.mark.parametrize("coding", ["identity", "Identity", ""])
def test_a_body_that_is_not_compressed_may_say_so(server: Server, track: bytes, coding: str) -> None:
    assert server.analyze(track, "silence", {"Content-Encoding": coding}).statuses[-1] == "finished"


@pytest.mark.release
def test_a_file_and_an_address_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped())
    (tmp_path / "b.json").write_bytes(JSON)
    with Hostile.started({"/a.mp3": whole(PAGE, "Content-Type: text/html")}) as web:
        url = web.url("/a.mp3")
        ran = tonearm("analyze", "a.zip", "b.json", url, "--models", "silence", "--format", "json", cwd=tmp_path)
    told = {name: line["errors"][0]["error"] for name, line in lines(ran.stdout).items()}
    assert told == {
        "a.zip": f"This is {ZIP}",
        "b.json": f"This is JSON, not audio. {ITSELF}",
        url: "The address answered with a web page (text/html), not audio.",
    }
