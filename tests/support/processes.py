"""Processes of this machine, as /proc or `ps` tells of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def workers_of(pid: int) -> list[int]:
    """Process ids of the workers that a process has started and that are alive."""
    children = _children_in_proc(pid) if sys.platform == "linux" else _children_by_ps(pid)
    return [child for child, command in children if "tonearm.engine.worker" in command]


def _children_in_proc(pid: int) -> list[tuple[int, str]]:
    """Not through `ps`, which small systems do not have and which takes as long as much of what is waited for."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            # Behind the name, which may have any character in it: the state, and the parent.
            state, parent = (place / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append((int(place.name), (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return sorted(found)


def _children_by_ps(pid: int) -> list[tuple[int, str]]:
    if shutil.which("ps") is None:
        pytest.skip("needs the program ps")
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    lines = [line.split(maxsplit=2) for line in listed.splitlines()]
    return [(int(line[0]), line[2]) for line in lines if len(line) == 3 and int(line[1]) == pid]
