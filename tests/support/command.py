"""The real command as a process: with pipes, as programs use it, or on a terminal, as people do."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.support.processes import workers_of

_COMMAND = [sys.executable, "-m", "tonearm"]


def tonearm(
    *arguments: str | os.PathLike[str], stdin: bytes = b"", cwd: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*_COMMAND, *arguments], input=stdin, capture_output=True, cwd=cwd, env={**os.environ, **variables}
    )


def started(*arguments: str | os.PathLike[str], **variables: str) -> subprocess.Popen[bytes]:
    """A running one, all of whose streams are pipes."""
    return subprocess.Popen(
        [*_COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **variables},
        # A shell that runs the tests in the background has them, and all that they start, ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def on_a_terminal(*arguments: str | os.PathLike[str], columns: int = 80) -> tuple[int, str]:
    """The exit code, and everything that was drawn, in the order of drawing and without colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [*_COMMAND, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns)},
    )
    os.close(theirs)
    drawn = b""
    # At the end, when nobody holds its other end any more, a terminal says that there is an error.
    with suppress(OSError):
        while piece := os.read(ours, 1 << 16):
            drawn += piece
    os.close(ours)
    return process.wait(), re.sub(r"\x1b\[[0-9;]*m", "", drawn.decode())


def workers(process: subprocess.Popen[bytes]) -> list[int]:
    """Process ids of its workers."""
    return workers_of(process.pid)


def lines(output: bytes) -> dict[str, dict[str, Any]]:
    """The JSON lines by the name of the file."""
    return {line["file"]: line for line in map(json.loads, output.splitlines())}
