"""A command as a whole process: wall seconds, CPU seconds and peak memory, as the operating system accounts for it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic


@dataclass(frozen=True)
class Cost:
    wall: float
    cpu: float
    peak_mib: float


def run(command: Sequence[str]) -> Cost:
    """Raises CalledProcessError where the command fails."""
    begun = monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def commit() -> str:
    """The short name of the one that is measured."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent).stdout.strip()


def cpu_seconds(pid: int) -> float:
    """User and system time of one process until now."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int, kind: str) -> float:
    """`VmHWM`, the peak, or `Pss`, what is not shared with others plus its part of what is."""
    file = "smaps_rollup" if kind == "Pss" else "status"
    line = next(line for line in Path(f"/proc/{pid}/{file}").read_text().splitlines() if line.startswith(f"{kind}:"))
    return int(line.split()[1]) / 1024


def children(pid: int) -> list[int]:
    """Those that any of its threads has started."""
    started = (place.read_text() for place in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(child) for children in started for child in children.split()]
