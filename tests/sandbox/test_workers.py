"""Real workers with a model that tries to reach out: started in the root, with networks, with old Landlock."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.confined import require_sandbox
from tests.support import plugin, probe
from tests.support.http import Server
from tests.support.waiting import wait_for
from tonearm.engine.worker_command import python_path

REFUSED = "PermissionError"
OLD_LANDLOCK = """
from tonearm.sandbox import landlock
newest = landlock.version
landlock.version = lambda: min(2, newest())
"""


@pytest.fixture(scope="module", autouse=True)
def offered() -> None:
    require_sandbox()


@pytest.fixture(scope="module", params=["7", "2"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Started in `/`, as a systemd unit and a container are; its workers have this version of Landlock at most."""
    site = tmp_path_factory.mktemp("site")
    path = plugin.install(probe.MODULE, site)
    (site / "sitecustomize.py").write_text(OLD_LANDLOCK if request.param == "2" else "")
    with Server.started(["env", "-C", "/"], TONEARM_WORKERS="1", PYTHONPATH=path, SECRET="of-somebody") as running:
        yield running


def attempt(server: Server, name: str, track: bytes) -> dict[str, str]:
    answer = server.analyze(track, f"probe(attempt={name})")
    found: dict[str, str] = json.loads(answer.results["probe"]["found"])
    return found


def test_files(server: Server, track: bytes) -> None:
    found = attempt(server, "files", track)
    assert found.pop("cwd") == "/"
    assert found.pop("secret") == "FileNotFoundError"
    assert set(found.values()) == {REFUSED}, found


def test_threads_of_onnxruntime(server: Server, track: bytes) -> None:
    found = attempt(server, "other_threads", track)
    assert found.pop("threads") != "0"
    assert found
    assert set(found.values()) == {REFUSED}, found


def test_a_worker_says_nothing_about_its_sandbox(server: Server) -> None:
    assert not [line for line in server.log if "sandbox" in line]


def test_the_log_can_be_neither_forged_nor_changed(server: Server, track: bytes) -> None:
    (worker,) = server.workers()
    found = attempt(server, "log", track)
    assert found == {"truncate": REFUSED, "seek": "OSError"}
    wait_for(lambda: any("longlong" in line for line in server.log))
    (forged,) = [line for line in server.log if "/forged" in line]
    assert re.match(rf"\S+ \S+ WARNING - worker\[{worker}\] 2026-01-01 00:00:00,000 INFO - server\[", forged)
    (red,) = [line for line in server.log if "red" in line]
    assert r"a \x1b[31mred\x1b[0m word\r" in red
    (long,) = [line for line in server.log if "longlong" in line]
    assert len(long) < 70_000


@pytest.mark.release
def test_a_worker_that_ignores_its_limit_of_cpu_time_is_killed(tmp_path: Path, track: bytes) -> None:
    path = plugin.install(probe.MODULE, tmp_path)
    with Server.started(TONEARM_WORKERS="1", TONEARM_CPU_SECONDS="1", PYTHONPATH=path) as server:
        answer = server.analyze(track, "probe(attempt=spin)")
        assert answer.statuses[-2:] == ["error", "finished"]
        assert server.analyze(track, "loudness_ebur128").statuses == ["started", "completed", "finished"]


@pytest.mark.release
@pytest.mark.parametrize(("attempt", "statuses"), [("garbage", ["error", "finished"]), ("early_end", ["finished"])])
def test_a_worker_that_breaks_the_protocol_is_replaced(
    tmp_path: Path, track: bytes, attempt: str, statuses: list[str]
) -> None:
    path = plugin.install(probe.MODULE, tmp_path)
    with Server.started(TONEARM_WORKERS="1", PYTHONPATH=path) as server:
        before = server.workers()
        assert server.analyze(track, f"probe(attempt={attempt})").statuses == ["started", *statuses]
        answer = server.analyze(track, "loudness_ebur128")
        assert answer.statuses == ["started", "completed", "finished"]
        assert list(answer.results) == ["loudness_ebur128"]
        wait_for(lambda: server.workers() and server.workers() != before)
        assert any("broke the protocol and is killed" in line for line in server.log)
        assert server.get("/readyz") == (200, {"ready": True, "free": 9})


def test_a_folder_on_the_path_of_python_may_not_be_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = ["", ".", "sub", "/usr/plugins", str(tmp_path)]
    kept = [str(tmp_path / "sub"), "/usr/plugins", str(tmp_path)]
    assert python_path(os.pathsep.join(given)) == os.pathsep.join(kept)
