"""The client against the real server, and against sockets that misbehave."""

from __future__ import annotations

import asyncio
import io
import os
import pickle
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, contextmanager
from copy import copy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import tonearm
from tests.client.sending import analyses_while_it_sends
from tests.support.certificates import self_signed
from tests.support.hostile import Hostile
from tests.support.http import Server
from tests.support.programs import needs
from tests.support.waiting import PATIENCE_SECONDS
from tests.support.web import Web
from tonearm import AsyncClient, Client, errors
from tonearm.client import Audio
from tonearm.client.exchange import Request, exchange
from tonearm.protocol.messages import Completed, Finished, Started, StreamEvent
from tonearm.sources.body import body


def client(server: Server, **options: Any) -> Client:
    return Client(f"http://127.0.0.1:{server.port}", **options)


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 50_000):
        await asyncio.sleep(0)
        yield data[start : start + 50_000]


def _pipe(data: bytes) -> io.FileIO:
    reading, writing = os.pipe()

    def write() -> None:
        with open(writing, "wb") as end:
            end.write(data)

    threading.Thread(target=write, daemon=True).start()
    return open(reading, "rb", buffering=0)


@pytest.mark.parametrize(
    "source",
    [
        lambda file, data: str(file),
        lambda file, data: file,
        lambda file, data: data,
        lambda file, data: bytearray(data),
        lambda file, data: io.BytesIO(data),
        lambda file, data: iter([data[:1], b"", data[1:]]),
        lambda file, data: _pieces(data),
    ],
    ids=["name", "path", "bytes", "bytearray", "file", "pieces", "asynchronous pieces"],
)
def test_all_that_can_be_analysed(
    server: Server, track: bytes, tmp_path: Path, source: Callable[[Path, bytes], Audio]
) -> None:
    file = tmp_path / "a track.wav"
    file.write_bytes(track)
    found = client(server).analyze(source(file, track), ["key", "loudness_ebur128:2"])
    assert found.results == server.analyze(track, "key,loudness_ebur128:2").results
    assert found.errors == []


def test_a_pipe(server: Server, track: bytes) -> None:
    with _pipe(track) as pipe:
        assert client(server).analyze(pipe, "key")["key"]["key"] == ["A"]


def test_a_fifo(server: Server, track: bytes, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=fifo.write_bytes, args=(track,), daemon=True)
    writer.start()
    assert client(server).analyze(fifo, "silence")["silence"]["duration"] == 20
    writer.join(PATIENCE_SECONDS)


def test_pieces_of_any_size_and_items(server: Server, track: bytes) -> None:
    whole = memoryview(track).cast("h")
    assert client(server).analyze([whole[:1000], whole[1000:]], "silence")["silence"]["duration"] == 20  # type: ignore[list-item]
    with pytest.raises(TypeError, match="bytes-like"):
        client(server).analyze(["text"], "key")  # type: ignore[list-item]


class Changing(io.FileIO):
    """A file that somebody writes to while it is read."""

    length: int

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        os.truncate(self.fileno(), self.length)
        return piece


def test_a_file_that_changes_while_it_is_sent(server: Server, track: bytes, tmp_path: Path) -> None:
    (tmp_path / "track.wav").write_bytes(track)
    with Changing(tmp_path / "track.wav", "r+") as file:
        file.length = len(track) + 1_000_000
        assert client(server).analyze(file, "silence")["silence"]["duration"] == 20
        file.seek(0)
        file.length = 300_000
        with pytest.raises(OSError, match="changed while it was being read"):
            client(server).analyze(file, "silence")


def test_a_file_is_read_from_where_it_stands(server: Server, track: bytes) -> None:
    file = io.BytesIO(b"something else" + track)
    file.seek(14)
    assert client(server).analyze(file, "silence")["silence"]["duration"] == 20


def test_an_address_is_fetched_by_the_server(server: Server, track: bytes) -> None:
    with Web.started({"/müsic & more.wav": track, "/track.wav": track}) as web:
        assert client(server).analyze(web.url("/track.wav"), "key")["key"]["scale"] == ["minor"]
        with pytest.raises(errors.BadRequest, match="404"):
            client(server).analyze(web.url("/nowhere.wav?a=ü b"), "key")


def test_typed_events_in_the_order_of_the_stream(server: Server, track: bytes) -> None:
    started, completed, finished = client(server).stream(track, "key:1")
    assert started == Started(status="started", total_models=1)
    assert isinstance(completed, Completed)
    assert (completed.result.model_name, completed.result.model_version) == ("key", "1")
    assert completed.result.results["key"] == ["A"]
    assert finished == Finished(status="finished", total_models=1)


def test_the_first_event_is_there_before_the_last_byte_is_sent(server: Server, track: bytes) -> None:
    analyses_while_it_sends(client(server), track)


@pytest.mark.release
def test_an_analysis_that_is_given_up_frees_its_worker(track: bytes) -> None:
    def endless() -> Iterator[bytes]:
        yield track
        while True:
            yield bytes(20_000)

    with Server.started(TONEARM_WORKERS="1", TONEARM_QUEUE="0") as server:
        for event in client(server).stream(endless(), "key"):
            assert isinstance(event, Started)
            break
        assert client(server, retries=60).analyze(track, "key")["key"]["key"] == ["A"]


def test_several_at_a_time(server: Server, track: bytes) -> None:
    async def both() -> list[tonearm.Analysis]:
        asking = AsyncClient(f"http://127.0.0.1:{server.port}")
        return await asyncio.gather(*(asking.analyze(track, ["key"]) for _ in range(3)))

    assert [found["key"]["key"] for found in asyncio.run(both())] == [["A"]] * 3


def test_in_a_running_loop_the_blocking_client_works_too(server: Server, track: bytes) -> None:
    async def notebook() -> tonearm.Analysis:
        return client(server).analyze(track, "key")

    assert asyncio.run(notebook())["key"]["key"] == ["A"]


def test_models(server: Server) -> None:
    cards = {(card.name, card.version): card for card in client(server).models()}
    assert cards["key", 1].title == "Key"


@pytest.mark.parametrize(
    ("audio", "models", "error", "words"),
    [
        (b"no audio" * 5000, "key", errors.BadRequest, "not audio"),
        (b"RIFF", "kee", errors.BadRequest, "Did you mean key"),
        (bytes(4_000_000), "key(", errors.MalformedSpec, "is not a model"),
        (bytes(4_000_000), "key(a=1)", errors.MalformedSpec, "parameters of this model"),
        (b"", "key", errors.BadRequest, "Send a whole audio file"),
        ("http://127.0.0.2:1/x.wav", "key", errors.BadRequest, "provided URL"),
    ],
)
def test_refusals(server: Server, audio: Audio, models: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        client(server).analyze(audio, models)


@pytest.mark.release
def test_a_failed_model_is_told_by_the_analysis(track: bytes) -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_MAX_SECONDS="0.25") as server:
        found = client(server).analyze(track, "silence,danceability_dfa")
    of_the_model, of_all = found.errors
    assert (of_the_model.model_name, of_all.model_name) == ("danceability_dfa", None)
    assert "longer than 0.25 seconds" in of_all.error
    assert found.broken_off
    assert found["silence"]["duration"] == 0.25
    with pytest.raises(KeyError, match="needs at least"):
        found["danceability_dfa"]


def test_versions_and_parameters_of_one_model(server: Server, track: bytes) -> None:
    asked = "silence(threshold=-50),silence(threshold=-1),loudness_ebur128,loudness_ebur128:2"
    found = client(server).analyze(track, asked)
    assert found["silence:1(threshold=-50)"]["leading"] < found["silence:1(threshold=-1)"]["leading"]
    assert "integrated_lufs" in found["loudness_ebur128:2"]
    with pytest.raises(KeyError, match="not requested under this name"):
        found["silence"]


@pytest.mark.release
def test_keys_sizes_and_limits(track: bytes) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "tonearm", "keys", "create", "someone"], capture_output=True, text=True, check=True
    ).stdout
    key = next(word for word in made.split() if word.startswith("ta_"))
    entry = next(word for word in made.split() if word.startswith("someone:"))
    with Server.started(TONEARM_WORKERS="1", TONEARM_API_KEYS=entry, TONEARM_MAX_BODY_BYTES="1000") as server:
        with pytest.raises(errors.Unauthorized, match="Bearer"):
            client(server).analyze(track, "key")
        with pytest.raises(errors.Unauthorized):
            client(server).models()
        with pytest.raises(errors.TooLarge, match="1000 bytes"):
            client(server, api_key=key).analyze(track, "key")
        with pytest.raises(errors.TooLarge, match="1000 bytes"):
            client(server, api_key=key).analyze(iter([track]), "key")


def test_a_busy_server_is_asked_again_after_the_time_it_says() -> None:
    busy = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
    answers = [busy, busy, _STREAM + _STARTED + b'data: {"status":"finished","total_models":1}\n\n']
    with Hostile.started({"/v1/analysis/stream?models=key": lambda: [answers.pop(0)]}) as web:
        begun = time.monotonic()
        assert Client(web.url("")).analyze("http://127.0.0.1/a.wav", "key").errors == []
        assert time.monotonic() - begun >= 2
    assert answers == []


@pytest.mark.release
def test_a_server_that_stays_busy_is_given_up(track: bytes) -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_RATE_LIMIT="1/day") as server:
        assert client(server).analyze(track, "silence")["silence"]["duration"] == 20
        with pytest.raises(errors.TooManyRequests, match="RateLimit-Policy") as refused:
            client(server, retries=0).analyze(track, "silence")
        assert 0 < refused.value.retry_after <= 86400
        with pytest.raises(errors.TooManyRequests):  # these pieces are gone, so there is no second try
            client(server).analyze(iter([track]), "silence")


def test_a_file_that_cannot_be_read(server: Server, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        client(server).analyze(tmp_path / "nowhere.wav", "key")
    with pytest.raises(IsADirectoryError):
        client(server).analyze(tmp_path, "key")


@pytest.mark.parametrize("error", [ZeroDivisionError, ConnectionResetError, TimeoutError])
def test_what_making_the_audio_raises_is_raised(server: Server, track: bytes, error: type[Exception]) -> None:
    def pieces() -> Iterator[bytes]:
        yield track[:300_000]
        raise error("the disk is on fire")

    with pytest.raises(error, match="on fire"):
        client(server).analyze(pieces(), "key")


@contextmanager
def answering(
    answer: bytes, then: Callable[[socket.socket], None] = lambda _: None, at_last: bytes = b""
) -> Iterator[str]:
    """A server that gives one answer, whatever it is asked; the address of it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1, socket.MSG_PEEK)
                connection.sendall(answer)
                then(connection)
                connection.sendall(at_last)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1 << 16):  # closed on unread bytes, a connection is reset
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(PATIENCE_SECONDS)


_STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
_STARTED = b'data: {"status":"started","total_models":1}\n\n'


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (b"", errors.ConnectionLost, "closed before the response"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", errors.ConnectionLost, "closed before the response"),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>", errors.ServerFault, "HTTP 502"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}", errors.BadRequest, "HTTP 404"),
        (b"HTTP/1.1 503 Busy\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n", errors.Unavailable, "HTTP 503"),
        (
            b"HTTP/1.1 301 Moved\r\nLocation: https://elsewhere/\r\nContent-Length: 0\r\n\r\n",
            errors.BadRequest,
            "redirects to https://elsewhere/",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", errors.ServerFault, "200 with text/html"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" + _STREAM, errors.ConnectionLost, "before its `finished`"),
        (_STREAM, errors.ConnectionLost, "before its `finished`"),
        (_STREAM + _STARTED, errors.ConnectionLost, "before its `finished`"),
        (_STREAM + b'data: {"status":"sung"}\n\n', errors.ServerFault, "an invalid event"),
        (
            _STREAM.replace(b"\r\n\r\n", b"\r\nContent-Length: 99\r\n\r\n"),
            errors.ConnectionLost,
            "closed before the response",
        ),
    ],
)
def test_answers_that_are_none(answer: bytes, error: type[Exception], words: str) -> None:
    with answering(answer) as url, pytest.raises(error, match=words):
        Client(url, retries=0).analyze(b"audio", "key")


def test_a_server_that_falls_silent() -> None:
    done = threading.Event()

    def keep_silent(connection: socket.socket) -> None:
        done.wait(PATIENCE_SECONDS)

    with answering(_STREAM, keep_silent) as url:
        with pytest.raises(errors.ConnectionLost, match=r"nothing for 0\.3 seconds"):
            Client(url, patience=0.3).analyze(b"audio", "key")
        done.set()


def test_a_server_that_stops_reading() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:  # the system takes the connection, and nobody reads
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(errors.ConnectionLost, match="sent nothing"):
            Client(url, patience=0.3).analyze(bytes(20_000_000), "key")


def test_a_stream_is_given_up_while_the_server_does_not_read() -> None:
    done = threading.Event()

    def read_nothing(connection: socket.socket) -> None:
        done.wait(PATIENCE_SECONDS)

    with answering(_STREAM + _STARTED, read_nothing) as url:
        for event in Client(url).stream(bytes(20_000_000), "key"):
            assert isinstance(event, Started)
            break
        done.set()


async def exchanged(url: str, audio: Audio, patience: float, clock: Callable[[], float]) -> bytes:
    """The body of the answer, to a client with a clock of the test's own."""
    async with exchange(Request("POST", urlsplit(url), {}, body(audio)), patience, clock) as response:
        return await response.body()


def test_a_large_piece_that_takes_long_is_no_silent_server() -> None:
    """A second passes with every 64 KiB that the server reads: the piece takes many times the client's patience.

    What lies between the two, read by neither, is less than that patience.
    """
    piece, patience, received = bytes(60 << 20), 200.0, 0

    def read(connection: socket.socket) -> None:
        nonlocal received
        while received < len(piece):
            received += len(connection.recv(1 << 16))
        # Long enough for the client to look at its clock, which it does when it has sent everything.
        time.sleep(1)

    with answering(b"", read, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone") as url:
        assert asyncio.run(exchanged(url, iter([piece]), patience, lambda: received / (1 << 16))) == b"done"
    assert received / (1 << 16) > 4 * patience


def test_ctrl_c_while_an_event_is_waited_for(request: pytest.FixtureRequest) -> None:
    waiting = threading.Event()
    # A shell that starts the tests in the background has them ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))

    def interrupt(connection: socket.socket) -> None:
        waiting.wait(PATIENCE_SECONDS)
        os.kill(os.getpid(), signal.SIGINT)
        connection.settimeout(PATIENCE_SECONDS)
        while connection.recv(1 << 16):
            pass

    with answering(_STREAM + _STARTED, interrupt) as url:
        events = Client(url).stream(b"audio", "key")
        assert isinstance(next(events), Started)

        def wait() -> None:
            waiting.set()
            next(events)

        with pytest.raises(KeyboardInterrupt):
            wait()


def test_the_interpreter_ends_though_a_stream_is_open() -> None:
    done = threading.Event()

    def keep_silent(connection: socket.socket) -> None:
        done.wait(PATIENCE_SECONDS)

    with answering(_STREAM + _STARTED, keep_silent) as url:
        code = f"""if True:
            from tonearm import Client
            def ask():
                events = Client({url!r}).stream(b"audio", "key")
                next(events)
                raise ValueError("in the middle of it")
            ask()"""
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        done.set()
    assert ended.returncode == 1
    assert ended.stderr.endswith("ValueError: in the middle of it\n")


def test_when_to_come_again_may_be_a_date() -> None:
    answer = b"HTTP/1.1 503 Busy\r\nRetry-After: Wed, 21 Oct 2099 07:28:00 GMT\r\nContent-Length: 0\r\n\r\n"
    with answering(answer) as url, pytest.raises(errors.Unavailable) as refused:
        Client(url, retries=0).analyze(b"audio", "key")
    assert refused.value.retry_after > 24 * 3600
    for again in (copy(refused.value), pickle.loads(pickle.dumps(refused.value))):
        assert (str(again), again.retry_after) == (str(refused.value), refused.value.retry_after)


def test_audio_that_pauses_is_no_silent_server() -> None:
    now = 0.0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal now
        yield b"au"
        now = 1000.0
        # Long enough for the client to look at its clock, which it does once a second.
        await asyncio.sleep(2)
        yield b"dio"

    def read(connection: socket.socket) -> None:
        received = b""
        while not received.endswith(b"\r\n0\r\n\r\n"):
            received += connection.recv(1 << 16)

    with answering(b"", read, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone") as url:
        assert asyncio.run(exchanged(url, pieces(), 0.5, lambda: now)) == b"done"


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(errors.ConnectionLost, match=f"Cannot reach http://127.0.0.1:{port}"):
        Client(f"http://127.0.0.1:{port}").analyze(b"audio", "key")


@pytest.mark.parametrize(
    "url",
    [
        *("", "localhost:8000", "ftp://localhost", "http://", "http://[::1", "http://host:port", "http://host:99999"),
        *("http://someone:secret@host", "http://host/?a=b", "http://host/#top"),
    ],
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="http://host:port") as wrong:
        Client(url)
    assert "secret" not in str(wrong.value)


def test_a_key_with_the_end_of_its_line() -> None:
    with pytest.raises(ValueError, match="single word"):
        Client(api_key="ta_key\n")


def test_events_in_any_pieces_of_bytes_and_with_comments() -> None:
    from tonearm.client.sse import data

    stream = b": hello\r\n\r\ndata: one\n\ndata:two\ndata: lines\nid: 7\n\n\n\ndata: cut off"

    async def pieces(size: int) -> AsyncIterator[bytes]:
        for start in range(0, len(stream), size):
            yield stream[start : start + size]

    async def read(size: int) -> list[bytes]:
        return [event async for event in data(pieces(size))]

    for size in range(1, len(stream) + 1):
        assert asyncio.run(read(size)) == [b"one", b"two\nlines"]


def test_closing_the_stream_hangs_up(track: bytes) -> None:
    hung_up = threading.Event()

    def wait_for_the_end(connection: socket.socket) -> None:
        connection.settimeout(PATIENCE_SECONDS)
        while connection.recv(1 << 16):
            pass
        hung_up.set()

    async def peek(url: str) -> StreamEvent:
        async with aclosing(AsyncClient(url).stream(track, "key")) as events:
            return await anext(events)

    with answering(_STREAM + _STARTED, wait_for_the_end) as url:
        assert asyncio.run(peek(url)) == Started(status="started", total_models=1)
        assert hung_up.wait(PATIENCE_SECONDS)


@needs("openssl")
def test_https_wants_a_certificate_that_is_known(tmp_path: Path) -> None:
    certificate, context = self_signed(tmp_path, "localhost")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for _ in range(2):
                connection, _ = listening.accept()
                try:
                    with context.wrap_socket(connection, server_side=True) as secure:
                        secure.recv(1 << 16)
                        secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
                except ssl.SSLError:
                    connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"https://localhost:{listening.getsockname()[1]}"
        with pytest.raises(errors.ConnectionLost, match="certificate verify failed"):
            Client(url).models()
        environment = {**os.environ, "SSL_CERT_FILE": str(certificate)}
        asked = f"from tonearm import Client; print(Client({url!r}).models())"
        known = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True)
        assert known.stdout == "[]\n", known.stderr
        thread.join(PATIENCE_SECONDS)
