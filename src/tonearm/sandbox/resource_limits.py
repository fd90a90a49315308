"""Resource limits of a process (setrlimit). Soft and hard limits are the same, so that none can be raised again.

CPU time is the exception. A limit for one request must rise for the next, and a hard limit cannot. The server sets the
soft one from outside, which is enough for a worker that is merely slow, and kills one that has ignored it.
"""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

_FILES = 32
"""File descriptors on top of those already open: an analysis opens none, a deferred import a few at a time."""
_THREADS = 4096
"""Threads on top of those that the user already has: the kernel counts those of all processes of the user, in other
containers too, so a lower limit would fail an honest worker."""


def limit_resources(memory: int) -> None:
    """Allow `memory` bytes of address space more than now, few open files, no writing of files, and no core dumps.

    Beyond the limit Python raises MemoryError, which fails a model or the request. Raises OSError if a limit cannot be
    set.
    """
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    open_now = max(int(name) for name in os.listdir("/dev/fd"))
    _lower(resource.RLIMIT_NOFILE, open_now + _FILES)
    _lower(resource.RLIMIT_AS, _address_space() + memory)


def limit_threads() -> None:
    """Bound the threads that this process can start (Linux). The kernel exempts root. Raises OSError if it cannot."""
    if sys.platform == "linux":
        _lower(resource.RLIMIT_NPROC, _threads_of_user() + _THREADS)


def allow_cpu(seconds: float) -> None:
    """Allow this process `seconds` more of CPU time; after that the kernel sends it SIGXCPU.

    For systems without `limit_cpu`: a process can raise this limit itself.
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime + seconds) + 1, hard))


def limit_cpu(pid: int, seconds: float) -> None:
    """Allow another process `seconds` of CPU time since it began; after that the kernel sends it SIGXCPU (Linux).

    Raises OSError if it has ended, or the system is not Linux.
    """
    if sys.platform != "linux":
        raise OSError("this system lets no process limit another")
    _, hard = resource.prlimit(pid, resource.RLIMIT_CPU)
    resource.prlimit(pid, resource.RLIMIT_CPU, (int(seconds) + 1, hard))


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


def _threads_of_user() -> int:
    found = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        # A process may end meanwhile.
        with suppress(OSError):
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
            if int(fields["Uid"].split()[0]) == os.getuid():
                found += int(fields["Threads"])
    return found
