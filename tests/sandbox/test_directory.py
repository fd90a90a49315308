"""Python files in the current directory, such as a folder of downloads, are never run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tonearm.sample import sample_track

LOUD = "import os; os.write(2, b'HIJACKED\\n'); os._exit(3)\n"
OTHERS = ("av", "click", "fastapi", "numba", "numpy", "onnxruntime", "pydantic", "rich", "scipy", "typer", "uvicorn")
LATER = ("asyncio", "dataclasses", "json", "logging", "socket", "subprocess", "wave")
"""Modules that Python does not need for `-m` itself; only `-P` keeps it from looking for those in the directory."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tone.wav").write_bytes(sample_track(4))
    return tmp_path


def analyzed(command: list[str], folder: Path, planted: Iterable[str]) -> subprocess.CompletedProcess[str]:
    for name in planted:
        (folder / f"{name}.py").write_text(LOUD)
    arguments = ["analyze", "tone.wav", "--models", "loudness_ebur128"]
    return subprocess.run([*command, *arguments], cwd=folder, capture_output=True, text=True)


@pytest.mark.release
def test_the_command(folder: Path) -> None:
    script = Path(sys.executable).with_name("tonearm")
    command = [str(script)] if script.exists() else [sys.executable, "-P", "-m", "tonearm"]
    done = analyzed(command, folder, (*sys.stdlib_module_names, *OTHERS))
    assert "HIJACKED" not in done.stderr
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "tone.wav")


@pytest.mark.release
def test_the_package_as_a_command(folder: Path) -> None:
    done = analyzed([sys.executable, "-m", "tonearm"], folder, (*LATER, *OTHERS))
    assert "HIJACKED" not in done.stderr
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "tone.wav")
