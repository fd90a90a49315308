"""The limits of a container, in files laid out as Linux lays them out, and in a real control group where one can be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tonearm.cgroup import cpu_limit, memory_limit
from tonearm.config import usable_workers

MEMBERSHIP = "proc/self/cgroup"
GROUPS = "sys/fs/cgroup"
UNLIMITED = "9223372036854771712"


def laid_out(system: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = system / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    return system


@pytest.mark.parametrize(
    ("files", "cpus", "memory"),
    [
        ({}, None, None),
        ({MEMBERSHIP: "0::/"}, None, None),
        # A container of its own cgroup namespace.
        ({MEMBERSHIP: "0::/", f"{GROUPS}/cpu.max": "150000 100000", f"{GROUPS}/memory.max": "1073741824"}, 1.5, 2**30),
        ({MEMBERSHIP: "0::/", f"{GROUPS}/cpu.max": "max 100000", f"{GROUPS}/memory.max": "max"}, None, None),
        # A service of systemd: the limit of a group holds for those within it.
        (
            {
                MEMBERSHIP: "0::/system.slice/tonearm.service",
                f"{GROUPS}/system.slice/cpu.max": "50000 100000",
                f"{GROUPS}/system.slice/tonearm.service/cpu.max": "200000 100000",
                f"{GROUPS}/system.slice/tonearm.service/memory.max": "2147483648",
            },
            0.5,
            2**31,
        ),
        # Version 1: the host's name for a group that the container sees as the root.
        (
            {
                MEMBERSHIP: "5:memory:/docker/0123\n4:cpu,cpuacct:/docker/0123\n0::/docker/0123",
                f"{GROUPS}/cpu,cpuacct/cpu.cfs_quota_us": "200000",
                f"{GROUPS}/cpu,cpuacct/cpu.cfs_period_us": "50000",
                f"{GROUPS}/memory/memory.limit_in_bytes": "536870912",
            },
            4.0,
            2**29,
        ),
        (
            {
                MEMBERSHIP: "2:memory:/\n1:cpu:/",
                f"{GROUPS}/cpu/cpu.cfs_quota_us": "-1",
                f"{GROUPS}/cpu/cpu.cfs_period_us": "100000",
                f"{GROUPS}/memory/memory.limit_in_bytes": UNLIMITED,
            },
            None,
            int(UNLIMITED),
        ),
    ],
)
def test_limits(tmp_path: Path, files: dict[str, str], cpus: float | None, memory: int | None) -> None:
    system = laid_out(tmp_path, files)
    assert (cpu_limit(system), memory_limit(system)) == (cpus, memory)


@pytest.mark.parametrize(
    ("quota", "memory", "workers"),
    [
        ("max 100000", "max", 8),
        ("150000 100000", "max", 2),
        ("10000 100000", "max", 1),
        ("1600000 100000", "max", 8),
        ("max 100000", str(2 << 30), 6),
        ("max 100000", str(1 << 30), 2),
        ("max 100000", str(100 << 20), 1),
    ],
)
def test_workers_keep_within_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quota: str, memory: str, workers: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    files = {MEMBERSHIP: "0::/", f"{GROUPS}/cpu.max": quota, f"{GROUPS}/memory.max": memory}
    assert usable_workers(laid_out(tmp_path, files)) == workers


@pytest.fixture
def half_a_cpu() -> Iterator[Path]:
    """A control group of this machine."""
    hierarchy = Path("/sys/fs/cgroup")
    version_2 = (hierarchy / "cgroup.controllers").exists()
    group = (hierarchy if version_2 else hierarchy / "cpu") / f"tonearm-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"needs to make a control group: {error}")
    try:
        (group / ("cpu.max" if version_2 else "cpu.cfs_quota_us")).write_text("50000")
        yield group
    except FileNotFoundError:
        pytest.skip("needs a control group with the cpu controller")
    finally:
        group.rmdir()


def test_a_real_group(half_a_cpu: Path) -> None:
    code = "from tonearm.config import Settings; print(Settings().workers)"
    enter = f'echo $$ > {half_a_cpu}/cgroup.procs && exec "$@"'
    command = ["sh", "-c", enter, "sh", sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "1\n"
