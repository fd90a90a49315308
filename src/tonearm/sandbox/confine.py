from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tonearm.sandbox.landlock import restrict_files
from tonearm.sandbox.resource_limits import limit_resources
from tonearm.sandbox.seccomp import refuse_system_calls

_SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices",
)
_DEVICES = ("/dev/null", "/dev/urandom")


def confine(memory: int, models: Path) -> list[str]:
    """Drop every permission that decoding and analysis do not need. Irreversible; call it once the worker is warm.

    Afterwards the process may use at most `memory` bytes of address space more than now. It cannot dump core, open more
    than a few files, run programs, fork, open sockets, signal other processes or access their memory, or write files.
    It can read only the files of Python, the system and the models. Returns a message for each part that this system
    does not support.
    """
    missing = []
    parts: Iterable[Callable[[], None]] = (
        lambda: limit_resources(memory),
        lambda: restrict_files(readable=[*_libraries(), models]),
        refuse_system_calls,
    )
    for part in parts:
        try:
            part()
        except OSError as error:
            missing.append(str(error))
    return missing


def _libraries() -> set[Path]:
    """The paths that code may still be loaded from."""
    python = [sys.prefix, sys.base_prefix, *(entry for entry in sys.path if entry)]
    system = [*_SYSTEM, *_DEVICES, f"/proc/{os.getpid()}"]
    return {Path(entry) for entry in (*python, *system)}
