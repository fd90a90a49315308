"""What a container may use: the limits of this process's control groups, of either version of Linux's cgroups.

Elsewhere there are none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from math import ceil
from pathlib import Path, PurePosixPath

_SYSTEM = Path("/")


def usable_cores(system: Path = _SYSTEM) -> int:
    """How many cores the process may use at once."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, ceil(cpu_limit(system) or cores))


def cpu_limit(system: Path = _SYSTEM) -> float | None:
    """How many CPUs' time the process may use, such as 1.5; None for no limit. `system` is the root of the files."""
    limits = []
    for group in _groups(system, "cpu"):
        quota = _words(group / "cpu.max") or [*_words(group / "cpu.cfs_quota_us"), *_words(group / "cpu.cfs_period_us")]
        if len(quota) == 2 and quota[0] not in {"max", "-1"}:
            limits.append(int(quota[0]) / int(quota[1]))
    return min(limits, default=None)


def memory_limit(system: Path = _SYSTEM) -> int | None:
    """How many bytes of memory the process and its neighbours in a container may use; None for no limit."""
    limits = []
    for group in _groups(system, "memory"):
        most = _words(group / "memory.max") or _words(group / "memory.limit_in_bytes")
        if most and most != ["max"]:
            limits.append(int(most[0]))
    return min(limits, default=None)


def _groups(system: Path, controller: str) -> Iterator[Path]:
    """The group that the process is in and all above it, each of which has a limit of its own.

    A container may see its own group as the root, under whatever name the host knows it.
    """
    mounted = system / "sys/fs/cgroup"
    membership = ""
    with suppress(OSError):
        membership = (system / "proc/self/cgroup").read_text()
    for line in membership.splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            hierarchy = mounted
        elif controller in controllers.split(","):
            hierarchy = mounted / controllers
        else:
            continue
        group = PurePosixPath(path)
        for each in (group, *group.parents):
            yield hierarchy / each.relative_to("/")


def _words(file: Path) -> list[str]:
    """None where there is no such file, as in the group at the root."""
    try:
        return file.read_text().split()
    except OSError:
        return []
