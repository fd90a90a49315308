from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tonearm import __version__


def tonearm(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "tonearm", *arguments], input=stdin, capture_output=True)


def test_analyze_prints_an_event_per_line(track: bytes, tmp_path: Path) -> None:
    file = tmp_path / "track.wav"
    file.write_bytes(track)
    for done in (tonearm("analyze", str(file)), tonearm("analyze", "-", stdin=track)):
        assert done.returncode == 0, done.stderr
        events = [json.loads(line) for line in done.stdout.splitlines()]
        assert [event["status"] for event in events] == ["started", *["completed"] * 3, "finished"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["analyze", "/no/such/file.mp3"], "No such file"),
        (["analyze", "-"], "empty"),
        (["analyze", "-", "--models", "kee"], "Did you mean key"),
        (["analyze", "-", "--models", ","], "is not a model"),
    ],
)
def test_what_cannot_be_analysed_is_said_on_standard_error(arguments: list[str], words: str) -> None:
    done = tonearm(*arguments)
    assert done.returncode == 1
    assert done.stdout == b""
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_setting_that_makes_no_sense_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tonearm", "serve"], env={"TONEARM_PORT": "many"}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "TONEARM_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_version() -> None:
    done = tonearm("--version")
    assert done.stdout.decode().strip() == f"tonearm {__version__}"
