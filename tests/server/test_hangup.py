"""SIGHUP: the keys are read again, or the server ends as on SIGTERM."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.http import Server
from tests.support.waiting import PATIENCE_SECONDS, wait_for
from tonearm import api_keys

NOT_IGNORED = (
    sys.executable,
    "-c",
    "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])",
)
"""Whatever the shell that runs the tests does to it."""

ALICE, BOB, CAROL = (api_keys.create(name) for name in ("alice", "bob", "carol"))
REREAD, KEPT = " API keys are accepted", "the API keys stay as they were"


def status(server: Server, key: tuple[str, str]) -> int:
    with server.open() as exchange:
        exchange.request("GET", "/v1/models", {"Authorization": f"Bearer {key[0]}"})
        return exchange.answer().status


def hang_up(server: Server, words: str) -> str:
    """Returns the line in which the server then says these words."""
    before = len(server.log)
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: any(words in line for line in server.log[before:]))
    return next(line for line in server.log[before:] if words in line)


@pytest.mark.release
def test_the_file_of_keys_is_read_again(tmp_path: Path, track: bytes) -> None:
    file = tmp_path / "keys"
    file.write_text(BOB[1])

    def mkfifo() -> None:
        file.rmdir()
        os.mkfifo(file)

    def huge() -> None:
        file.unlink()
        file.touch()
        os.truncate(file, 1 << 40)

    settings = {"TONEARM_API_KEYS": ALICE[1], "TONEARM_API_KEYS_FILE": str(file), "TONEARM_GRACE_SECONDS": "120"}
    with Server.started(TONEARM_WORKERS="1", **settings) as server, server.open() as stream:
        assert [status(server, key) for key in (ALICE, BOB, CAROL)] == [200, 200, 401]
        stream.post("key", {"Authorization": f"Bearer {BOB[0]}"}, len(track))
        stream.send(track[: 1 << 17])
        stream.answer().next_event()

        file.write_text(f"{CAROL[1]}\n{BOB[1]} until 2026-01-31\n")
        assert " INFO - server[" in hang_up(server, f"2{REREAD}")
        assert [status(server, key) for key in (ALICE, BOB, CAROL)] == [200, 401, 200]
        assert any("the API key bob expired" in line for line in server.log)
        file.write_text(CAROL[1])
        hang_up(server, f"2{REREAD}")
        assert [status(server, key) for key in (ALICE, BOB, CAROL)] == [200, 401, 200]

        for content in ("", "# nobody\n", f"{ALICE[1]}\n{BOB[0]}\n", file.unlink, file.mkdir, mkfifo, huge):
            if isinstance(content, str):
                file.write_text(content)
            else:
                content()
            line = hang_up(server, KEPT)
            assert " ERROR - server[" in line
            assert BOB[0] not in line
            assert [status(server, key) for key in (ALICE, BOB, CAROL)] == [200, 401, 200]

        server.process.terminate()
        wait_for(lambda: server.get("/readyz")[0] == 503)
        hang_up(server, KEPT)
        file.unlink()
        file.write_text(BOB[1])
        hang_up(server, f"2{REREAD}")
        assert server.get("/healthz")[0] == 200
        stream.send(track[1 << 17 :])
        stream.answer().finish()
        assert stream.answer().statuses == ["started", "completed", "finished"]
        assert server.process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.release
def test_without_such_a_file_the_server_ends_gracefully(track: bytes) -> None:
    with (
        Server.started(NOT_IGNORED, TONEARM_WORKERS="1", TONEARM_GRACE_SECONDS="120") as server,
        server.open() as stream,
    ):
        stream.post("key", length=len(track))
        stream.send(track[: 1 << 17])
        stream.answer().next_event()
        for pid in (*server.workers(), server.process.pid):
            os.kill(pid, signal.SIGHUP)
        wait_for(lambda: server.get("/readyz")[0] == 503)
        server.process.send_signal(signal.SIGHUP)
        assert server.analyze(track, "key").status == 503
        stream.send(track[1 << 17 :])
        stream.answer().finish()
        assert stream.answer().statuses == ["started", "completed", "finished"]
        assert server.process.wait(PATIENCE_SECONDS) == 0
        assert not any("Traceback" in line for line in server.log)


@pytest.mark.release
@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize("keys", [False, True], ids=["ends", "rereads"])
def test_one_that_comes_while_the_server_starts_waits(tmp_path: Path, keys: bool) -> None:
    """Its imports take a second, in which systemd may already be asked to reload it."""
    file = tmp_path / "keys"
    file.write_text(BOB[1])
    settings = {"TONEARM_WORKERS": "1", **({"TONEARM_API_KEYS_FILE": str(file)} if keys else {})}
    with subprocess.Popen(
        [*NOT_IGNORED, sys.executable, "-m", "tonearm", "serve", "--port", "0"],
        env={**os.environ, **settings},
        stderr=subprocess.PIPE,
        text=True,
    ) as starting:
        assert starting.stderr is not None
        wait_for(lambda: starting.poll() is not None or _holds_back(starting.pid, signal.SIGHUP))
        starting.send_signal(signal.SIGHUP)
        lines = []
        for line in starting.stderr:
            lines.append(line)
            if "Tonearm is ready" in line:
                starting.terminate()
    assert starting.returncode == 0, lines
    assert sum(REREAD in line for line in lines) == (2 if keys else 0)
    assert not any("Traceback" in line for line in lines)


def _holds_back(pid: int, number: signal.Signals) -> bool:
    blocked = Path(f"/proc/{pid}/status").read_text().partition("SigBlk:")[2].split()[0]
    return bool(int(blocked, 16) >> (number - 1) & 1)


@pytest.mark.release
def test_under_nohup_it_outlives_its_terminal(track: bytes) -> None:
    with Server.started(["nohup"], TONEARM_WORKERS="1") as server:
        server.process.send_signal(signal.SIGHUP)
        assert server.analyze(track, "key").statuses[-1] == "finished"
        assert server.get("/readyz")[0] == 200
