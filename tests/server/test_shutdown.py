"""How the server ends: what runs may finish, what is new is told to go elsewhere."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest

from tests.support.http import Server
from tests.support.waiting import PATIENCE_SECONDS, wait_for


@pytest.mark.release
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_ends_at_once_and_with_success(ending: signal.Signals) -> None:
    with Server.started(TONEARM_WORKERS="1") as server:
        server.process.send_signal(ending)
        assert server.process.wait(PATIENCE_SECONDS) == 0
        assert not any("Traceback" in line for line in server.log)


@pytest.mark.release
def test_running_streams_finish_while_new_requests_are_turned_away(track: bytes) -> None:
    with Server.started(TONEARM_WORKERS="3", TONEARM_GRACE_SECONDS="120") as server, ExitStack() as stack:
        streams = [stack.enter_context(server.open()) for _ in range(3)]
        for stream in streams:
            stream.post("key", length=len(track))
            stream.send(track[: 1 << 17])
            assert stream.answer().next_event() == {"status": "started", "total_models": 1}

        # As systemd does: the workers get the signal too.
        for pid in (*server.workers(), server.process.pid):
            os.kill(pid, signal.SIGTERM)
        wait_for(lambda: server.get("/readyz")[0] == 503)
        assert server.get("/readyz")[1]["ready"] is False
        assert server.get("/healthz")[0] == 200
        refused = server.analyze(track, "key")
        assert refused.status == 503
        assert int(refused.header("Retry-After")) == 120
        assert refused.header("Connection") == "close"
        assert "shutting down" in refused.detail
        assert server.get("/v1/models")[0] == 503
        assert server.process.poll() is None
        for stream in streams:
            stream.send(track[1 << 17 :])
            stream.answer().finish()
            assert stream.answer().statuses == ["started", "completed", "finished"]
        assert server.process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.release
def test_a_kept_connection_is_turned_away_too(track: bytes) -> None:
    with (
        Server.started(TONEARM_WORKERS="1", TONEARM_GRACE_SECONDS="120") as server,
        server.open() as stream,
        server.open() as kept,
    ):
        stream.post("key", length=len(track))
        stream.send(track[: 1 << 17])
        stream.answer().next_event()
        server.process.terminate()
        wait_for(lambda: server.get("/readyz")[0] == 503)
        for path, status in (("/healthz", 200), ("/readyz", 503)):
            kept.request("GET", path)
            assert kept.answer().status == status
            kept.answer().body()
            kept.forget()
        kept.post("key", {"Expect": "100-continue"}, len(track))
        assert kept.answer().status == 503
        assert kept.answer().header("Retry-After") == "120"
        stream.send(track[1 << 17 :])
        stream.answer().finish()
        assert stream.answer().statuses == ["started", "completed", "finished"]
        assert server.process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.release
def test_what_does_not_finish_in_the_grace_time_is_told_so(track: bytes) -> None:
    with Server.started(TONEARM_WORKERS="2", TONEARM_GRACE_SECONDS="1") as server, ExitStack() as stack:
        stream, document, waiting, silent = (stack.enter_context(server.open()) for _ in range(4))
        for exchange, headers in ((stream, {}), (document, {"Accept": "application/json"})):
            exchange.post("key", headers, len(track))
            exchange.send(track[: 1 << 17])
            assert exchange.answer().status == 200
        for exchange in (waiting, silent):
            exchange.post("key", length=len(track))
        waiting.send(track[: 1 << 17])
        wait_for(lambda: server.get("/readyz")[1]["free"] == 8)
        begun = time.monotonic()
        server.process.terminate()

        stream.answer().finish()
        assert stream.answer().statuses == ["started", "error", "finished"]
        words = stream.answer().events[1]["error"]
        assert words.startswith("The server is shutting down, and the time for running requests is over.")
        assert time.monotonic() - begun > 0.9
        assert json.loads(document.answer().body())["errors"][0]["error"] == words
        for exchange in (waiting, silent):
            assert exchange.answer().status == 503
            assert int(exchange.answer().header("Retry-After")) == 1
            assert "shutting down" in exchange.answer().detail
        assert server.process.wait(PATIENCE_SECONDS) == 0
    assert not any("Traceback" in line for line in server.log)
    outcomes = [found[1] for line in server.log if (found := re.search(r"outcome=(\S+)", line))]
    assert sorted(outcomes) == ["503", "503", "stopped", "stopped"]


@pytest.mark.release
def test_who_does_not_listen_in_the_end_is_hung_up_on(track: bytes) -> None:
    """It gets 15 MB of events, more than fits into the buffers between here and there."""
    with (
        Server.started(TONEARM_WORKERS="1", TONEARM_GRACE_SECONDS="1") as server,
        server.open() as deaf,
    ):
        deaf.post(",".join(f"waveform(points={10_000 - number})" for number in range(64)), length=len(track))
        deaf.send(track)
        wait_for(lambda: len(deaf.connection.recv(1 << 13, socket.MSG_PEEK)) == 1 << 13)
        server.process.terminate()
        assert server.process.wait(PATIENCE_SECONDS) == 0
    assert not any("Traceback" in line for line in server.log)


@pytest.mark.release
def test_a_port_that_is_taken_is_noticed_before_any_worker_is_started(server: Server) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tonearm", "serve", "--port", str(server.port)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1, port {server.port}" in done.stderr
    assert "--port" in done.stderr
    assert "Waiting for application startup" not in done.stderr
    assert "Traceback" not in done.stderr
