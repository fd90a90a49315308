"""The wheel is all that somebody needs: installed with one command into a fresh environment, it analyses and serves."""

from __future__ import annotations

import os
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.dockerfile import ROOT
from tests.support.http import Server
from tests.support.uv import UV, build_wheel
from tonearm import __version__


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment that says nothing of this one, with folders of its own for tools and compiled code."""
    folder = tmp_path_factory.mktemp("user")
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TONEARM_"))} | {
        "UV_TOOL_DIR": str(folder / "tools"),
        "UV_TOOL_BIN_DIR": str(folder / "bin"),
        "NUMBA_CACHE_DIR": str(folder / "cache"),
    }


@pytest.fixture(scope="module")
def tonearm(index: None, wheel: Path, clean: dict[str, str]) -> str:
    """The installed command."""
    install = [*UV, "tool", "install", "--python", sys.executable, str(wheel)]
    subprocess.run(install, env=clean, check=True, capture_output=True)
    return f"{clean['UV_TOOL_BIN_DIR']}/tonearm"


def test_it_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size <= 2 << 20


@pytest.mark.release
def test_the_first_result(tonearm: str, clean: dict[str, str], track: bytes, tmp_path: Path) -> None:
    (tmp_path / "track.wav").write_bytes(track)
    done = subprocess.run([tonearm, "analyze", "track.wav"], cwd=tmp_path, env=clean, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "A minor" in done.stdout
    assert "LUFS" in done.stdout


@pytest.mark.release
def test_the_page(tonearm: str, clean: dict[str, str], track: bytes) -> None:
    installed = ["sh", "-c", 'shift 3; exec "$0" "$@"', tonearm]
    with Server.started(within=installed, PYTHONPATH="", NUMBA_CACHE_DIR=clean["NUMBA_CACHE_DIR"]) as server:
        connection = HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert (answer.status, answer.headers.get_content_type()) == (200, "text/html")
        assert b"<title>Tonearm" in answer.read()
        connection.close()
        assert server.analyze(track).results["key"]["key"] == ["A"]


@pytest.mark.release
def test_it_runs_without_being_installed(index: None, wheel: Path, clean: dict[str, str]) -> None:
    run = [*UV, "tool", "run", "--python", sys.executable, "--from", str(wheel), "tonearm", "--version"]
    done = subprocess.run(run, env=clean, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"tonearm {__version__}\n"), done.stderr
