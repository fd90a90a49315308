"""What somebody may do to the server with a WebSocket."""

from __future__ import annotations

import os
import select
import signal
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
from websockets.exceptions import ConnectionClosed
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, TextMessage

from tests.support.http import Server
from tests.support.live import END, Socket, opened, refusal, results
from tests.support.media import BY_NAME, encoded
from tests.support.waiting import PATIENCE_SECONDS, wait_for
from tonearm import api_keys

SOUND = encoded(BY_NAME["mp3-cbr"], 5.0)
LIMIT = 4 << 20
SAMPLES = "models=silence&format=pcm_s16le&rate=8000&channels=1"
ALICE = api_keys.create("alice")
HANDSHAKE = (
    b"GET /v1/analysis/live?models=key HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server.started(TONEARM_WORKERS="1", TONEARM_MAX_BODY_BYTES=str(LIMIT), TONEARM_IDLE_SECONDS="600") as running:
        yield running


@pytest.fixture(scope="module")
def impatient() -> Iterator[Server]:
    with Server.started(TONEARM_WORKERS="1", TONEARM_IDLE_SECONDS="3") as running:
        yield running


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    with Server.started(
        TONEARM_WORKERS="1",
        TONEARM_API_KEYS=ALICE[1],
        TONEARM_RATE_LIMIT="4/day",
        TONEARM_CORS_ORIGINS="https://app.example.com",
        TONEARM_IDLE_SECONDS="5",
    ) as running:
        yield running


class Raw:
    """A client that sends any bytes as frames."""

    def __init__(self, connection: socket.socket, query: str) -> None:
        self.connection = connection
        connection.sendall(
            f"GET /v1/analysis/live?{query} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Extensions: permessage-deflate\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += connection.recv(1)
        assert head.startswith(b"HTTP/1.1 101 "), head
        assert b"extensions" not in head.lower()
        self.protocol = Connection(ConnectionType.CLIENT)

    def frame(self, first: int, payload: bytes = b"", *, length: int | None = None) -> None:
        """With a mask of zeros, and another length than its own where one is given."""
        size = len(payload) if length is None else length
        if size > 0xFFFF:
            head = struct.pack("!BBQ", first, 0x80 | 127, size)
        else:
            head = struct.pack("!BBH", first, 0x80 | 126, size) if size > 125 else bytes([first, 0x80 | size])
        self.connection.sendall(head + bytes(4) + payload)

    def closed(self) -> tuple[list[str], int]:
        """The messages up to the end, and its code; 0 without one."""
        texts: list[str] = []
        with suppress(ConnectionResetError):
            while data := self.connection.recv(1 << 16):
                self.protocol.receive_data(data)
                for event in self.protocol.events():
                    if isinstance(event, TextMessage):
                        texts.append(event.data)
                    if isinstance(event, CloseConnection):
                        return texts, event.code
        return texts, 0


@contextmanager
def raw(server: Server, query: str = "models=key") -> Iterator[Raw]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as connection:
        yield Raw(connection, query)


def test_a_frame_may_be_larger_than_the_memory_but_not_than_the_limit(server: Server) -> None:
    with raw(server, SAMPLES) as client:
        client.frame(0x82, bytes(1000), length=1 << 40)
        with suppress(OSError):
            for _ in range(2 * LIMIT >> 16):
                client.connection.sendall(bytes(1 << 16))
        texts, code = client.closed()
    assert any("TONEARM_MAX_BODY_BYTES" in text for text in texts)
    assert code == 1009


def test_nothing_is_sent(impatient: Server) -> None:
    with opened(impatient.port, models="key") as client:
        assert client.next() == {"status": "error", "error": "No data arrived for 3 seconds."}
        assert client.next() is None
        assert client.closed_with[0] == 1008


def test_pings_and_empty_frames_are_nothing(impatient: Server) -> None:
    with opened(impatient.port, models="key") as client:
        with every_tenth_of_a_second(client, ping=True):
            (event,) = client.rest()
        assert event == {"status": "error", "error": "No data arrived for 3 seconds."}


def test_frames_trickle_in(impatient: Server) -> None:
    with opened(impatient.port, models="key") as client:
        with every_tenth_of_a_second(client, ping=False):
            event = client.next()
            assert event is not None
            assert event["status"] == "error"
            assert client.next() is None
        assert client.closed_with[0] == 1008


@contextmanager
def every_tenth_of_a_second(client: Socket, *, ping: bool) -> Iterator[None]:
    over = threading.Event()

    def send() -> None:
        with suppress(ConnectionClosed):
            while not over.wait(0.1):
                client.connection.send(b"" if ping else b"x")
                if ping:
                    client.connection.ping()

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_message_of_many_frames_is_read_as_it_comes(server: Server) -> None:
    with opened(server.port, models="key") as client:
        client.connection.send(SOUND[start : start + 4000] for start in range(0, len(SOUND), 4000))
        events = client.finish()
    assert results(events) == server.analyze(SOUND, "key").results


@pytest.mark.parametrize("first", [0x02, 0x89, 0x8A], ids=["bytes", "pings", "pongs"])
def test_mostly_framing_is_refused(server: Server, first: int) -> None:
    with raw(server) as client:
        client.frame(first, b"x")
        with suppress(OSError):
            for _ in range(30):
                client.connection.sendall(bytes([first & 0xF0 if first == 2 else first, 0x81, 0, 0, 0, 0, 120]) * 100)
        _, code = client.closed()
    assert code in {1008, 0}
    assert server.analyze(SOUND, "key").statuses == ["started", "completed", "finished"]


def test_a_text_without_end_is_not_kept(server: Server) -> None:
    with raw(server) as client:
        client.frame(0x01, b'{"end":' + b" " * 4000)
        client.frame(0x00, b" " * 4000)
        assert client.closed() == ([], 1009)


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (bytes([0xC2, 0x81, 0, 0, 0, 0, 1]), 1002),  # compressed
        (bytes([0x82, 0x01, 1]), 1002),  # not masked
        (bytes([0x83, 0x81, 0, 0, 0, 0, 1]), 1002),  # no such kind
        (bytes([0x80, 0x81, 0, 0, 0, 0, 1]), 1002),  # goes on with nothing
        (bytes([0x89, 0xFE, 0, 126, 0, 0, 0, 0]), 1002),  # a ping that is too long
        (bytes([0x81, 0x81, 0, 0, 0, 0, 0xFF]), 1007),  # not UTF-8
    ],
)
def test_frames_that_are_none(server: Server, head: bytes, code: int) -> None:
    with raw(server) as client:
        client.connection.sendall(head)
        assert client.closed() == ([], code)


def test_compression_is_not_agreed_upon(server: Server) -> None:
    with opened(server.port, models="key") as client:
        assert client.connection.protocol.extensions == []


@pytest.mark.parametrize("text", ["", "x", "[" * 4000, "null", '{"end":1}', '{"authorization":"Bearer x"}'])
def test_texts_that_mean_nothing(server: Server, text: str) -> None:
    with opened(server.port, models="key") as client:
        client.connection.send(SOUND[:10])
        client.connection.send(text)
        (event,) = client.rest()
        assert event["status"] == "error"
        assert '{"end": true}' in event["error"]
        assert client.closed_with[0] == 1008


def test_a_handshake_behind_as_many_events_as_are_parsed_at_once(server: Server) -> None:
    """It is switched when the request has ended, not while its end is still to be parsed."""
    for chunks in range(55, 66):
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as connection:
            body = b"1\r\nx\r\n" * chunks
            head = b"POST /nothing HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            connection.sendall(head + body + b"0\r\n\r\n" + HANDSHAKE)
            received = b""
            while b"HTTP/1.1 101 " not in received:
                data = connection.recv(1 << 16)
                assert data, received
                received += data
    assert not any("Traceback" in line for line in server.log)


@pytest.mark.parametrize(
    "header",
    [
        {"Content-Length": "3"},
        {"Sec-WebSocket-Version": "8"},
        {"Sec-WebSocket-Key": "short"},
        {"Sec-WebSocket-Key": "\xe9" * 24},
        {"Connection": "keep-alive"},
        {"Upgrade": "h2c"},
    ],
    ids=str,
)
def test_what_is_no_handshake_is_told_so(server: Server, header: dict[str, str]) -> None:
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        **header,
    }
    with server.open() as exchange:
        exchange.request("GET", "/v1/analysis/live?models=key", headers)
        exchange.connection.sendall(b"abc" if "Content-Length" in header else b"")
        assert exchange.answer().status == 426
        assert exchange.answer().header("Sec-WebSocket-Version") == "13"


def test_an_end_without_audio(server: Server) -> None:
    with opened(server.port, models="key") as client:
        (event,) = client.finish()
        assert event["status"] == "error"
        assert client.closed_with[0] == 1008


@pytest.mark.release
def test_a_thousand_vanish(server: Server) -> None:
    before = descriptors(server)
    for _ in range(10):
        with ExitStack() as stack:
            for number in range(100):
                client = stack.enter_context(raw(server, SAMPLES))
                if number % 2:
                    client.frame(0x82, bytes(100), length=1000)
                # Closed like this, a connection is reset.
                client.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wait_for(lambda: descriptors(server) <= before)
    with opened(server.port, models="key") as client_:
        client_.send(SOUND)
        assert [event["status"] for event in client_.finish()] == ["started", "completed", "finished"]


def descriptors(server: Server) -> int:
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


@pytest.mark.release
def test_what_is_not_wanted_yet_is_not_read() -> None:
    """A first client has the only worker, and nothing is kept for the second."""
    settings = {"TONEARM_BUFFER_BYTES": "0", "TONEARM_IDLE_SECONDS": "600"}
    with Server.started(TONEARM_WORKERS="1", **settings) as server, ExitStack() as stack:
        first = stack.enter_context(opened(server.port, models="key"))
        second = stack.enter_context(raw(server))
        first.send(SOUND)
        assert first.next() == {"status": "started", "total_models": 1}
        before = memory(server)
        second.frame(0x82, SOUND[:1000], length=1 << 30)
        second.connection.setblocking(False)
        sent = 0
        while sent < 256 << 20 and select.select([], [second.connection], [], 1)[1]:
            sent += second.connection.send(bytes(1 << 20))
        assert sent < 256 << 20
        assert memory(server) - before < 32 << 20
        assert [event["status"] for event in first.finish()] == ["completed", "finished"]


def memory(server: Server) -> int:
    with open(f"/proc/{server.process.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "http://localhost:1"])
def test_a_page_of_another_origin_gets_no_socket(server: Server, origin: str) -> None:
    status, detail, _ = refusal(server.port, origin=origin, models="key")
    assert status == 403
    assert "may not use this server" in detail


def test_pages_of_the_server_and_of_allowed_origins_get_one(server: Server, guarded: Server) -> None:
    with opened(server.port, origin=f"http://127.0.0.1:{server.port}", models="key"):
        pass
    with opened(guarded.port, {"Authorization": f"Bearer {ALICE[0]}"}, "https://app.example.com", models="key"):
        pass
    assert refusal(guarded.port, origin="https://other.example.com", models="key")[0] == 403


@pytest.mark.release
def test_a_proxy_does_not_excuse_an_origin() -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_TRUSTED_PROXIES="127.0.0.1") as server:
        named = {"X-Forwarded-Host": "music.example.com"}
        assert refusal(server.port, named, "https://evil.test", models="key")[0] == 403
        assert refusal(server.port, {"X-Forwarded-For": "192.0.2.1"}, "https://evil.test", models="key")[0] == 403
        with opened(server.port, named, "https://music.example.com", models="key"):
            pass


@pytest.mark.release
def test_a_key_is_a_header_or_the_first_message() -> None:
    authorization = {"Authorization": f"Bearer {ALICE[0]}"}
    said = f'{{"authorization": "Bearer {ALICE[0]}"}}'
    with Server.started(
        TONEARM_WORKERS="1", TONEARM_API_KEYS=ALICE[1], TONEARM_RATE_LIMIT="2/day", TONEARM_IDLE_SECONDS="600"
    ) as server:
        with opened(server.port, authorization, models="key") as client:
            client.send(SOUND)
            assert len(client.finish()) == 3
        with opened(server.port, models="key") as client:
            client.connection.send(said)
            client.send(SOUND)
            assert len(client.finish()) == 3
        # What the handshake would be refused with is now an event and a code.
        with opened(server.port, models="key") as client:
            client.connection.send(said)
            (event,) = client.rest()
            assert "Too many requests" in event["error"]
            code, seconds = client.closed_with
            assert code == 1013
            assert int(seconds) > 0
        status, detail, headers = refusal(server.port, authorization, models="key")
        assert status == 429
        assert "Too many requests" in detail
        assert int(headers["Retry-After"]) > 0


@pytest.mark.parametrize("first", [SOUND[:1000], END, '{"authorization": 5}', '{"authorization": "Bearer ta_x"}'])
def test_who_has_no_key_gets_nothing(guarded: Server, first: bytes | str) -> None:
    with opened(guarded.port, models="nonesuch") as client:
        client.connection.send(first)
        (event,) = client.rest()
        assert "requires an API key" in event["error"]
        assert client.closed_with[0] == 1008
    assert refusal(guarded.port, {"Authorization": "Bearer ta_x"}, models="nonesuch")[0] == 401


@pytest.mark.release
def test_who_says_no_key_is_not_waited_for(guarded: Server) -> None:
    with opened(guarded.port, models="key") as client:
        (event,) = client.rest()
        assert "requires an API key" in event["error"]


@pytest.mark.release
def test_the_servers_end_is_told(track: bytes) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(Server.started(TONEARM_WORKERS="1", TONEARM_GRACE_SECONDS="1"))
        client = stack.enter_context(opened(server.port, models="key"))
        client.send(track[:500_000])
        assert client.next() == {"status": "started", "total_models": 1}
        server.process.send_signal(signal.SIGTERM)
        events = client.rest()
        assert [event["status"] for event in events] == ["error", "finished"]
        assert client.closed_with == (1013, "1")
