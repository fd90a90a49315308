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
    """Give up what decoding and analysing do not need. Irrevocable; call it when the worker is warm.

    From then on: at most `memory` bytes of address space more than now; no core dumps and few files; no programs and no
    child processes; no sockets; no signals to and no memory of other processes; nothing can be written, and only
    Python's, the system's and the models' files can be read. Returns what this system does not offer, in words.
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
    """Where code may still be loaded from."""
    python = [sys.prefix, sys.base_prefix, *(entry for entry in sys.path if entry)]
    system = [*_SYSTEM, *_DEVICES, f"/proc/{os.getpid()}"]
    return {Path(entry) for entry in (*python, *system)}
