"""multipart/form-data: the same answers as for the audio itself, while it arrives, and bounds on what it costs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support import shared
from tests.support.http import Answer, Server
from tests.support.media import BY_NAME, encoded
from tests.support.programs import needs
from tests.support.web import Web

BOUNDARY = "------------------------d74496d66958873e"
MODELS = "key,loudness_ebur128:2,silence"
END = f"--{BOUNDARY}--\r\n".encode()


def part(name: str, value: bytes, *headers: str, file: bool = False) -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{name}.bin"' if file else "")
    head = "\r\n".join((f"--{BOUNDARY}", disposition, *headers, "", ""))
    return head.encode() + value + b"\r\n"


def post(server: Server, body: bytes | Iterable[bytes], query: str = "", boundary: str = BOUNDARY) -> Answer:
    """A whole body with its length, or its chunks."""
    framing = {"Content-Length": str(len(body))} if isinstance(body, bytes) else {"Transfer-Encoding": "chunked"}
    with server.open() as exchange:
        kind = f"multipart/form-data; boundary={boundary}"
        exchange.request("POST", f"/v1/analysis/stream{query}", {**framing, "Content-Type": kind})
        if isinstance(body, bytes):
            sent = body
        else:
            sent = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in body) + b"0\r\n\r\n"
        exchange.send_body(sent)
        exchange.answer().finish()
        return exchange.answer()


def error_of(answer: Answer) -> str:
    if answer.status == 200:
        assert answer.statuses[0] == "started"
        assert answer.statuses[-1] == "finished"
        return str(next((event["error"] for event in answer.events if event["status"] == "error"), ""))
    return str(answer.detail)


@pytest.mark.parametrize("name", ["mp3-cbr", "aac-adts", "wav-s16", "flac-16", "m4a-aac", "opus"])
def test_the_answer_is_that_of_the_audio_itself(server: Server, name: str) -> None:
    sound = encoded(BY_NAME[name])
    expected = server.analyze(sound, MODELS).results
    body = part("models", MODELS.encode()) + part("file", sound, "Content-Type: audio/mpeg", file=True) + END
    assert post(server, body).results == expected
    assert post(server, (body[start : start + 997] for start in range(0, len(body), 997))).results == expected
    assert post(server, body.replace(MODELS.encode(), b"nonsense"), f"?models={MODELS}").results == expected


@pytest.mark.parametrize("kind", ["mp3", "flac"])
def test_forms_from_the_wild(server: Server, kind: str) -> None:
    file = shared.ROOT / "cases" / f"b25_multipart_{kind}.body"
    if not file.is_file():
        pytest.skip("needs ../shared/cases")
    body = file.read_bytes()
    sound = body.partition(b"\r\n\r\n")[2].removesuffix(f"\r\n--{BOUNDARY}--\r\n".encode())
    assert post(server, body, f"?models={MODELS}").results == server.analyze(sound, MODELS).results
    # Whoever does not say that it is a form is told so, and nothing is analysed.
    answer = server.analyze(body, MODELS)
    assert answer.status == 400
    assert "This is a form (multipart/form-data), not audio." in answer.detail


@needs("curl")
def test_curl(server: Server, track: bytes, tmp_path: Path) -> None:
    (tmp_path / "track.wav").write_bytes(track)
    url = f"http://127.0.0.1:{server.port}/v1/analysis/stream"
    curl = [str(shutil.which("curl")), "-sN", url, "-F", "models=silence", "-F", "file=@track.wav;type=audio/wav"]
    sent = subprocess.run(curl, capture_output=True, check=True, cwd=tmp_path)
    assert b'"duration":20.0' in sent.stdout


def test_it_is_read_while_it_arrives(server: Server, track: bytes) -> None:
    head = part("models", b"silence")
    body = head + part("file", track, file=True) + END
    with server.open() as exchange:
        headers = {"Content-Length": str(len(body)), "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        exchange.request("POST", "/v1/analysis/stream", headers)
        exchange.connection.sendall(body[: 1 << 17])
        assert exchange.answer().next_event() == {"status": "started", "total_models": 1}
        exchange.connection.sendall(body[1 << 17 :])
        exchange.answer().finish()
        assert exchange.answer().statuses == ["started", "completed", "finished"]


@pytest.mark.parametrize("name", ["audio_url", "audio-url"])
def test_an_address_in_a_form(server: Server, track: bytes, name: str) -> None:
    with Web.started({"/track.wav": track}) as web:
        url = web.url("/track.wav")
        body = part(name, quote(url, safe="").encode()) + part("models", b"silence") + END
        assert post(server, body).statuses == ["started", "completed", "finished"]
        assert "address once" in error_of(post(server, body, f"?audio_url={url}"))
        both = part(name, url.encode()) + part("models", b"silence") + part("file", track, file=True) + END
        assert "not both" in error_of(post(server, both))


MODEL = part("models", b"silence")
SOUND = encoded(BY_NAME["mp3-cbr"])
FILE = part("file", SOUND, file=True)
REFUSED: dict[str, tuple[bytes, int, str]] = {
    "no models": (FILE + END, 422, "in the form before the file"),
    "models behind the file": (FILE + MODEL + END, 400, "a field 'models' behind its file"),
    "unknown model": (part("models", b"tempo") + FILE + END, 400, "Did you mean beats"),
    "malformed models": (part("models", b"key:") + FILE + END, 422, "is not a model"),
    "no file": (MODEL + END, 400, "Send a whole audio file"),
    "nothing": (END, 422, "in the form before the file"),
    "an empty file": (MODEL + part("file", b"", file=True) + END, 400, "Send a whole audio file"),
    "a file by another name": (MODEL + part("audio", SOUND, file=True) + END, 400, "has to be in the part 'file'"),
    "a file that is no audio": (MODEL + part("file", b"{}", file=True) + END, 400, "This is JSON, not audio."),
    "a second file": (MODEL + FILE + FILE + END, 400, "a field 'file' behind its file"),
    "an address behind the file": (MODEL + FILE + part("audio_url", b"x") + END, 400, "a field 'audio_url' behind"),
    "a long field": (part("models", b"key," * 5000) + FILE + END, 400, "longer than 16384 bytes"),
    "many parts": (part("a", b"b") * 40 + END, 400, "more than 32 parts"),
    "many headers": (part("a", b"b", *["X: y"] * 20) + END, 400, "is malformed"),
    "a long header": (part("a", b"b", "X: " + "y" * 2000) + END, 400, "is malformed"),
    "no end": (MODEL + FILE, 200, "is cut off"),
    "no end of the fields": (MODEL, 400, "is cut off"),
    "a header that is none": (f"--{BOUNDARY}\r\nno header\r\n\r\n".encode() + END, 400, "is malformed"),
    "garbage behind a boundary": (f"--{BOUNDARY}garbage\r\n".encode() + END, 400, "is malformed"),
}


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("name", REFUSED)
def test_forms_that_are_refused(server: Server, name: str, chunked: bool) -> None:
    body, status, words = REFUSED[name]
    answer = post(server, [body] if chunked else body)
    assert answer.status == status
    assert words in error_of(answer)


def test_what_comes_behind_a_long_file_comes_when_it_is_being_analysed(server: Server, track: bytes) -> None:
    long = part("file", track, file=True)
    answer = post(server, long + MODEL + END)
    assert answer.status == 422
    assert "in the form before the file" in error_of(answer)
    for late in (FILE, MODEL):
        answer = post(server, MODEL + long + late + END)
        assert answer.statuses == ["started", "error", "finished"]
        assert "behind its file: put every field before the file" in error_of(answer)
    other = part("title", b"A title")
    assert post(server, MODEL + long + other + END).statuses == ["started", "completed", "finished"]


@pytest.mark.parametrize("boundary", [BOUNDARY, "x" * 200, ""])
def test_audio_that_is_called_a_form(server: Server, track: bytes, boundary: str) -> None:
    answer = post(server, track, "?models=silence", boundary)
    assert answer.statuses == ["started", "completed", "finished"]


def test_a_file_full_of_what_might_be_a_boundary(server: Server, track: bytes) -> None:
    tricky = f"\r\n--{BOUNDARY[:-1]}\r\n--{BOUNDARY}x\r\n--{BOUNDARY}-\r\r\n".encode() * 200
    sound = track + tricky
    expected = server.analyze(sound, "silence,loudness_ebur128").results
    body = MODEL + part("file", sound, file=True) + END
    assert post(server, body, "?models=silence,loudness_ebur128").results == expected


def test_nothing_of_a_form_is_logged(server: Server) -> None:
    secret = "hunter2"
    post(server, f"--{BOUNDARY}\r\n{secret} {secret}\r\n\r\n".encode() + END)
    post(server, part("audio_url", f"http://user:{secret}@127.0.0.1/{secret}".encode()) + MODEL + END)
    assert not [line for line in server.log if secret in line]


@pytest.mark.release
def test_a_form_over_the_limit_is_413() -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_MAX_BODY_BYTES="10000") as server:
        body = MODEL + part("file", SOUND, file=True) + END
        assert post(server, body).status == 413
        assert "larger than 10000 bytes" in error_of(post(server, [body]))
