"""A server whose workers cannot start says so in a line and ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.python_path import in_front

FORBIDDEN = "import sys; sys.executable = {file!r}"
"""As for a user who may not run the Python of an environment that somebody else has made."""
DIES = "import os, sys; 'tonearm.engine.worker_main' in sys.orig_argv and os._exit(7)"


@pytest.mark.release
@pytest.mark.parametrize(
    ("code", "words"),
    [(FORBIDDEN, "{file} cannot be run: Permission denied."), (DIES, "ended before it was ready")],
    ids=["forbidden", "dies"],
)
def test_no_worker_can_start(tmp_path: Path, code: str, words: str) -> None:
    file = tmp_path / "python"
    file.touch(0o600)
    (tmp_path / "sitecustomize.py").write_text(code.format(file=str(file)))
    done = subprocess.run(
        [sys.executable, "-m", "tonearm", "serve", "--port", "0"],
        env={**os.environ, "PYTHONPATH": in_front(tmp_path), "TONEARM_WORKERS": "2"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert words.format(file=file) in done.stderr
    assert "Run `tonearm doctor`" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) < 8
