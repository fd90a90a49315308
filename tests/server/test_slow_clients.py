"""Clients that send too little or too much, read nothing, or are too many: each costs only itself."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from itertools import count, repeat

import pytest

from tests.support.hostile import Hostile, forever
from tests.support.http import Exchange, Server
from tests.support.waiting import wait_for
from tonearm.sample import sample_track


@pytest.fixture(scope="module")
def impatient() -> Iterator[Server]:
    with Server.started(TONEARM_WORKERS="1", TONEARM_IDLE_SECONDS="10") as running:
        yield running


def everything(connection: socket.socket) -> bytes:
    """What comes until the server closes the connection."""
    received = b""
    try:
        while data := connection.recv(1 << 16):
            received += data
    except ConnectionResetError:
        pass
    return received


def detail(answer: bytes, status: int) -> str:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), answer
    words: str = json.loads(body)["detail"]
    return words


def descriptors(server: Server) -> int:
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def nothing(exchange: Exchange) -> bytes:
    return everything(exchange.connection)


def half_a_head(exchange: Exchange) -> bytes:
    exchange.connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: loc")
    return everything(exchange.connection)


def trickling_head(exchange: Exchange) -> bytes:
    exchange.connection.sendall(b"GET /")
    with trickling(exchange, repeat(ord("x"))):
        return everything(exchange.connection)


def half_a_head_on_a_kept_connection(exchange: Exchange) -> bytes:
    exchange.request("GET", "/healthz")
    assert exchange.answer().status == 200
    exchange.answer().body()
    exchange.forget()
    exchange.connection.sendall(b"GET /hea")
    return everything(exchange.connection)


LATE = (nothing, half_a_head, trickling_head, half_a_head_on_a_kept_connection)


@pytest.fixture(scope="module")
def late(impatient: Server) -> dict[str, bytes]:
    """What each of those gets who send no whole head in time, all of them at the same time."""

    def outcome(client: Callable[[Exchange], bytes]) -> bytes:
        with impatient.open() as exchange:
            return client(exchange)

    with ThreadPoolExecutor(len(LATE)) as threads:
        return {client.__name__: received for client, received in zip(LATE, threads.map(outcome, LATE), strict=True)}


def test_a_connection_that_sends_nothing_is_closed(late: dict[str, bytes]) -> None:
    assert late["nothing"] == b""


@pytest.mark.parametrize("head", LATE[1:])
def test_a_head_that_does_not_end_is_408(late: dict[str, bytes], head: Callable[[Exchange], bytes]) -> None:
    assert "did not arrive in time" in detail(late[head.__name__], 408)


@pytest.mark.parametrize("end", [b"\r\n\r\n", b""])
def test_a_head_that_is_too_large_is_refused(impatient: Server, end: bytes) -> None:
    with impatient.open() as large:
        large.connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        try:
            for _ in range(200):
                large.connection.sendall(b"X-Large: " + b"x" * 20_000 + b"\r\n")
            large.connection.sendall(end)
        except (BrokenPipeError, ConnectionResetError):
            pass
        # The refusal may be lost where it meets data on its way; what must not come is an answer to the request.
        assert everything(large.connection)[:12] in (b"", b"HTTP/1.1 400")
    with impatient.open() as large:
        large.connection.sendall(b"GET /healthz HTTP/1.1\r\nX-Large: " + b"x" * 16_400)
        assert "larger than 16384 bytes" in detail(everything(large.connection), 400)


@pytest.mark.parametrize("rubbish", [b"\x16\x03\x01\x02\x00\x01", b"HELO there\r\n\r\n", b"GET /\x00 HTTP/1.1\r\n\r\n"])
def test_what_is_no_http_is_400(impatient: Server, rubbish: bytes) -> None:
    with impatient.open() as strange:
        strange.connection.sendall(rubbish)
        assert "Invalid HTTP/1.1 request" in detail(everything(strange.connection), 400)


def test_framing_that_breaks_in_the_middle_of_an_upload_costs_only_it(impatient: Server, track: bytes) -> None:
    with impatient.open() as broken:
        broken.post("key")
        broken.send(track[: 1 << 17])
        assert broken.answer().next_event() == {"status": "started", "total_models": 1}
        broken.connection.sendall(b"not a length\r\n")
        everything(broken.connection)
    wait_for(lambda: impatient.get("/readyz")[1]["free"] == 9)
    assert impatient.analyze(track, "key").statuses == ["started", "completed", "finished"]
    assert not any("Traceback" in line for line in impatient.log)


@pytest.mark.release
def test_a_body_that_trickles_is_given_up(impatient: Server, track: bytes) -> None:
    with impatient.open() as refused, impatient.open() as streaming:
        refused.post("key", length=len(track))
        streaming.post("key", length=len(track))
        streaming.send(track[: 1 << 17])
        streaming.answer().next_event()
        with trickling(refused, track), trickling(streaming, track):
            assert refused.answer().status == 400
            assert "Less than 50 bytes per second" in refused.answer().detail
            streaming.answer().finish()
        assert streaming.answer().statuses == ["started", "error", "finished"]
        assert "Less than 50 bytes per second" in streaming.answer().events[1]["error"]
    assert impatient.analyze(track, "key").statuses == ["started", "completed", "finished"]


@contextmanager
def trickling(exchange: Exchange, data: Iterable[int]) -> Iterator[None]:
    """A byte now and then, until the context is left or the server does not listen any more."""
    over = threading.Event()

    def send() -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            for byte in data:
                exchange.connection.sendall(bytes([byte]))
                if over.wait(0.1):
                    return

    sending = threading.Thread(target=send)
    sending.start()
    try:
        yield
    finally:
        over.set()
        sending.join()


LONG = ",".join(f"waveform(points={points})" for points in range(9940, 10_000))
"""Their results are 10 MB, more than the sockets between here and there hold."""


@pytest.mark.release
def test_a_client_that_reads_nothing_lets_its_worker_and_its_connection_go(impatient: Server, track: bytes) -> None:
    before = descriptors(impatient)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", impatient.port))
        exchange = Exchange(connection)
        exchange.post(LONG, length=len(track))
        exchange.send_body(track)
        wait_for(lambda: any("outcome=client_gone" in line and 59 * "waveform:1," in line for line in impatient.log))
        wait_for(lambda: impatient.get("/readyz")[1]["free"] == 9)
        wait_for(lambda: descriptors(impatient) <= before)
        assert b"finished" not in everything(connection)


@pytest.mark.release
def test_a_client_that_reads_slowly_holds_no_worker(track: bytes) -> None:
    with (
        Server.started(TONEARM_WORKERS="1", TONEARM_QUEUE_SECONDS="20", TONEARM_IDLE_SECONDS="3600") as server,
        socket.socket() as connection,
    ):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        slow = Exchange(connection)
        slow.post(LONG, length=len(track))
        slow.send(track)
        assert slow.answer().next_event() == {"status": "started", "total_models": 60}
        assert server.analyze(track, "key").statuses == ["started", "completed", "finished"]
        wait_for(lambda: server.get("/readyz")[1]["free"] == 9)
        slow.answer().finish()
        assert slow.answer().statuses == ["started", *["completed"] * 60, "finished"]


@pytest.mark.release
def test_a_client_that_does_not_read_its_document_has_not_got_it(impatient: Server, track: bytes) -> None:
    seen = len(impatient.log)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", impatient.port))
        exchange = Exchange(connection)
        exchange.post(LONG, {"Accept": "application/json"}, len(track))
        exchange.send_body(track)
        wait_for(lambda: any("outcome=" in line and 59 * "waveform:1," in line for line in impatient.log[seen:]))
        (line,) = (line for line in impatient.log[seen:] if 59 * "waveform:1," in line)
        assert "outcome=client_gone" in line


def test_a_hundred_connections_that_send_nothing_are_in_nobodys_way(server: Server, track: bytes) -> None:
    with ExitStack() as stack:
        for number in range(100):
            silent = stack.enter_context(server.open())
            silent.connection.sendall(b"POST /v1/analysis/stream?models=key HTTP/1.1\r\n"[: number % 40])
        assert server.get("/healthz")[0] == 200
        assert server.analyze(track, "key").statuses == ["started", "completed", "finished"]


@contextmanager
def file_limit(soft: int) -> Iterator[None]:
    """For the processes started in it."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.release
def test_when_file_descriptors_run_short_those_who_wait_longest_make_room(track: bytes) -> None:
    with ExitStack() as stack:
        with file_limit(128):
            server = stack.enter_context(Server.started(TONEARM_WORKERS="1"))
        with server.open() as busy:
            busy.post("key", length=len(track))
            busy.send(track[: 1 << 17])
            busy.answer().next_event()
            silent = [stack.enter_context(server.open()) for _ in range(300)]
            assert server.get("/healthz")[0] == 200
            wait_for(lambda: any("too many connections" in line for line in server.log))
            assert everything(silent[0].connection) == b""
            # A stream that runs is not among them.
            busy.send(track[1 << 17 :])
            busy.answer().finish()
            assert busy.answer().statuses == ["started", "completed", "finished"]
        assert sum("too many connections" in line for line in server.log) == 1
        assert server.analyze(track, "key").statuses == ["started", "completed", "finished"]


@pytest.mark.release
@pytest.mark.parametrize(
    "settings",
    [{}, {"TONEARM_API_KEYS": "0" * 64}, {"TONEARM_RATE_LIMIT": "1/hour"}],
    ids=["open", "with keys", "past the rate limit"],
)
def test_heads_without_a_body_lock_nobody_out(settings: dict[str, str]) -> None:
    with ExitStack() as stack:
        with file_limit(128):
            server = stack.enter_context(Server.started(TONEARM_WORKERS="1", **settings))
        for _ in range(100):
            stack.enter_context(server.open()).post("key", length=1000)
        assert [server.get("/healthz")[0] for _ in range(20)] == [200] * 20


@pytest.mark.release
def test_downloads_that_never_come_leave_descriptors_for_others(track: bytes) -> None:
    """Clients of two addresses, each of which may have half of the connections, ask for an address that is silent."""
    with ExitStack() as stack:
        web = stack.enter_context(Hostile.started({"/a": lambda: forever(b"", 0.2)}))
        with file_limit(128):
            server = stack.enter_context(Server.started(TONEARM_WORKERS="1", TONEARM_FETCH_ALLOW="127.0.0.0/8"))
        request = f"POST /v1/analysis/stream?models=key HTTP/1.1\r\nHost: localhost\r\naudio-url: {web.url('/a')}\r\n"
        for source in ("127.0.0.1", "127.0.0.2"):
            for _ in range(60):
                address = ("127.0.0.1", server.port)
                client = stack.enter_context(socket.create_connection(address, source_address=(source, 0)))
                client.sendall(f"{request}Content-Length: 0\r\n\r\n".encode())
        wait_for(lambda: len(web.requests) > 30)
        assert [server.get("/healthz")[0] for _ in range(20)] == [200] * 20
        (worker,) = server.workers()
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: server.workers() not in ([], [worker]) and server.get("/readyz")[0] == 200)
        assert not any("could not be started" in line for line in server.log)


@pytest.mark.release
def test_probes_are_answered_when_all_connections_are_at_work(track: bytes) -> None:
    with ExitStack() as stack:
        with file_limit(128):
            server = stack.enter_context(Server.started(TONEARM_WORKERS="1", TONEARM_QUEUE="100"))
        for _ in range(32):
            uploading = stack.enter_context(server.open())
            uploading.post("key", length=len(track))
            uploading.send(track[:1000])
        assert server.get("/healthz")[0] == 200
        with server.open() as refused:
            refused.request("GET", "/v1/models")
            assert refused.answer().status == 503
            assert "too many connections" in refused.answer().detail
            assert refused.answer().header("Retry-After") == "1"


@pytest.mark.release
def test_when_there_is_no_descriptor_left_the_server_goes_on_once_there_is(track: bytes) -> None:
    with Server.started(TONEARM_WORKERS="1") as server, server.open() as busy:
        busy.post("key", length=len(track))
        busy.send(track[: 1 << 17])
        busy.answer().next_event()
        before = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        taken = {int(name) for name in os.listdir(f"/proc/{server.process.pid}/fd")}
        lowest_free = next(number for number in count() if number not in taken)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (lowest_free, before[1]))
        with pytest.raises((ConnectionError, AssertionError)):
            server.get("/healthz")
        busy.send(track[1 << 17 :])
        busy.answer().finish()
        assert busy.answer().statuses == ["started", "completed", "finished"]
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, before)
        wait_for(lambda: server.get("/healthz")[0] == 200)
        assert server.analyze(sample_track(5), "key").statuses == ["started", "completed", "finished"]
