"""The confinement of a worker, in two steps: before it has a second thread, and before it reads untrusted bytes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tonearm.sandbox.code_paths import code_paths
from tonearm.sandbox.dumpable import hide_memory
from tonearm.sandbox.landlock import restrict_files, restricts_all_threads
from tonearm.sandbox.resource_limits import limit_resources, limit_threads
from tonearm.sandbox.seccomp import refuse_system_calls

_LIBRARIES = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"),
    *("/etc/localtime", "/usr/share/zoneinfo", "/usr/share/locale"),
    *("/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system", "/dev/null", "/dev/urandom"),
)
_STARTING = (
    *("/etc/os-release", "/etc/ssl/openssl.cnf", "/proc/sys/kernel"),
    *("/sys/devices", "/sys/bus/pci", "/sys/class/drm"),
)
"""What libraries look at when they are imported, to know the machine."""

_OWN = ("auxv", "cgroup", "cmdline", "maps", "mountinfo", "mounts", "stat", "statm", "status")
"""Files of the process itself; its others tell of the network that the server uses."""

_from_the_start = False
"""Whether every thread of this process has been restricted since it began."""


def enclose(models: Path, cache: Path) -> None:
    """The first step, while the process has one thread: read code, the system's libraries and `models`, and write to
    `cache` alone.

    Threads that libraries start later inherit it, and Landlock before version 8 cannot restrict them afterwards. Does
    nothing if the kernel lacks Landlock, which `confine` then reports.
    """
    global _from_the_start
    alone = _threads() == 1
    # Here, as the processes of the user are out of sight afterwards.
    limit_threads()
    own = Path("/proc", str(os.getpid()))
    readable = [*_readable(models), *map(Path, _STARTING), *(own / name for name in _OWN)]
    try:
        restrict_files(readable, listable=[own], writable=[cache, Path("/dev/null")])
    except OSError:
        return
    _from_the_start = alone


def confine(memory: int, models: Path) -> list[str]:
    """Drop every permission that decoding and analysis do not need. Irreversible; call it once the worker is warm.

    Afterwards the process may use at most `memory` bytes of address space more than now. It can make only the system
    calls of `system_calls`: it cannot dump core, open more than a few files, run programs, fork, open sockets, reach
    other processes by signals, limits, priorities or memory, or write files. It can read only the files of Python, the
    system and the models. Returns a message for each part that this system does not support.
    """
    missing = []
    parts: Iterable[Callable[[], None]] = (
        hide_memory,
        lambda: limit_resources(memory),
        _require_all_threads,
        lambda: restrict_files(_readable(models)),
        refuse_system_calls,
    )
    for part in parts:
        try:
            part()
        except OSError as error:
            missing.append(str(error))
    return missing


def _require_all_threads() -> None:
    if sys.platform == "linux" and _threads() > 1 and not _from_the_start and not restricts_all_threads():
        raise OSError("files are not out of reach of all threads: some began before the restriction")


def _threads() -> int:
    return len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 1


def _readable(models: Path) -> list[Path]:
    asked_for = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    system = [*_LIBRARIES, *(entry for entry in asked_for if entry.startswith("/"))]
    return [*code_paths(), *map(Path, system), models]
