"""Resource limits of the process (setrlimit)."""

from __future__ import annotations

import os
import resource
from pathlib import Path

_FILES = 32
"""File descriptors on top of those already open: an analysis opens none, a deferred import a few at a time."""


def limit_resources(memory: int) -> None:
    """Allow `memory` bytes of address space more than now, few open files, and no core dumps.

    Beyond the limit Python raises MemoryError, which fails a model or the request. Raises OSError if a limit cannot be
    set.
    """
    _lower(resource.RLIMIT_CORE, 0)
    open_now = max(int(name) for name in os.listdir("/dev/fd"))
    _lower(resource.RLIMIT_NOFILE, open_now + _FILES)
    _lower(resource.RLIMIT_AS, _address_space() + memory)


def allow_cpu(seconds: float) -> None:
    """Allow the process `seconds` more of CPU time; after that the kernel kills it with SIGXCPU."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime + seconds) + 1, hard))


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(kind, (value, value))
    except ValueError as error:
        raise OSError(f"a resource limit cannot be set: {error}") from error


def _address_space() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError as error:
        raise OSError("no limit on memory: this system does not tell how much a process has") from error
    return pages * os.sysconf("SC_PAGE_SIZE")
