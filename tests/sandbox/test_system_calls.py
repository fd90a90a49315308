"""The filter of system calls, run call by call: the set that passes on each architecture, and with which arguments."""

from __future__ import annotations

import errno
import signal
from collections.abc import Mapping

import pytest

from tests.sandbox.bpf import outcome
from tonearm.sandbox.seccomp import Architecture, program

PID, OTHER = 4711, 4712
KINDS: list[Architecture] = ["x86_64", "aarch64"]
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, EPERM, ENOSYS, KILL = 0x7FFF0000, 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS, 0x80000000
HIGHEST = 600
"""Linux 7 ends below 480."""
ALL = 2**64 - 1
THREAD, PROCESS, NEW_NETWORK = 0x3D0F00, 17, 0x40000000
AT_CWD = 2**64 - 100

# As in asm/unistd_64.h, and in asm-generic/unistd.h, which is ARM64's.
ALWAYS: dict[str, tuple[int, int | None]] = {
    "access": (21, None),
    "brk": (12, 214),
    "clock_getres": (229, 114),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "close": (3, 57),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "faccessat": (269, 48),
    "fstat": (5, 80),
    "futex": (202, 98),
    "getcpu": (309, 168),
    "getcwd": (79, 17),
    "getdents64": (217, 61),
    "getegid": (108, 177),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "getrandom": (318, 278),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "gettid": (186, 178),
    "gettimeofday": (96, 169),
    "getuid": (102, 174),
    "lseek": (8, 62),
    "lstat": (6, None),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "munmap": (11, 215),
    "nanosleep": (35, 101),
    "newfstatat": (262, 79),
    "pread64": (17, 67),
    "preadv": (295, 69),
    "read": (0, 63),
    "readv": (19, 65),
    "restart_syscall": (219, 128),
    "rseq": (334, 293),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_getaffinity": (204, 123),
    "sched_yield": (24, 124),
    "set_robust_list": (273, 99),
    "sigaltstack": (131, 132),
    "stat": (4, None),
    "statx": (332, 291),
    "sysinfo": (99, 179),
    "time": (201, None),
    "times": (100, 153),
    "uname": (63, 160),
    "write": (1, 64),
    "writev": (20, 66),
}
CHECKED: dict[str, tuple[int, int]] = {
    "clone": (56, 220),
    "fcntl": (72, 25),
    "ioctl": (16, 29),
    "kill": (62, 129),
    "madvise": (28, 233),
    "openat": (257, 56),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "rt_sigaction": (13, 134),
    "tgkill": (234, 131),
}
UNKNOWN: dict[str, tuple[int, int]] = {
    "clone3": (435, 435),
    "faccessat2": (439, 439),
    "openat2": (437, 437),
}


def passing(kind: Architecture, arguments: list[int]) -> dict[int, int]:
    """What each number gives, as a function of the number."""
    code = program(kind, PID)
    return {number: outcome(code, AUDIT[kind], number, arguments) for number in range(HIGHEST)}


def numbers(table: Mapping[str, tuple[int, int | None]], kind: Architecture) -> set[int]:
    return {number for pair in table.values() if (number := pair[KINDS.index(kind)]) is not None}


@pytest.mark.parametrize("kind", KINDS)
def test_these_calls_pass_and_no_others(kind: Architecture) -> None:
    # Each of them passes with at least one of these, if it passes at all, and a checked one fails with at least one.
    tried = [passing(kind, [value] * 6) for value in (0, ALL, PID, THREAD, 0x5401, signal.SIGXCPU, 15)]
    tried += [passing(kind, [PID, 0, 0, 0])]
    found = {number: {each[number] for each in tried} for number in range(HIGHEST)}
    assert {number for number, values in found.items() if values == {ALLOW}} == numbers(ALWAYS, kind)
    assert {number for number, values in found.items() if values == {ALLOW, EPERM}} == numbers(CHECKED, kind)
    assert {number for number, values in found.items() if values == {ENOSYS}} == numbers(UNKNOWN, kind)
    rest = set(found) - numbers({**ALWAYS, **CHECKED, **UNKNOWN}, kind)
    assert all(found[number] == {EPERM} for number in rest)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("kill", [PID, 9], [[OTHER, 9], [0, 9], [ALL, 9], [ALL - PID, 9]]),
        ("tgkill", [PID, PID, 6], [[OTHER, OTHER, 9], [0, PID, 9]]),
        ("prlimit64", [0, 7, 0, 1], [[OTHER, 7, 0, 1], [0, 0, 1, 0], [0, 0, 1 << 32, 0], [PID, 0, 1, 0]]),
        ("clone", [THREAD], [[PROCESS], [0], [THREAD | NEW_NETWORK], [THREAD | PROCESS]]),
        ("rt_sigaction", [signal.SIGUSR1], [[signal.SIGXCPU]]),
        ("ioctl", [0, 0x5401], [[0, 0x5412], [0, 0]]),
        ("prctl", [15], [[4, 1], [1], [0x59616D61]]),
        ("madvise", [0, 0, 14], [[0, 0, 100], [0, 0, 101]]),
        # to read, and a folder; not to write, create, truncate, append, or make a nameless file
        ("openat", [AT_CWD, 1, 0o2000000], [[AT_CWD, 1, flags] for flags in (1, 2, 0o100, 0o1000, 0o2000)]),
        ("openat", [AT_CWD, 1, 0o240000], [[AT_CWD, 1, 0o20240000], [AT_CWD, 1, 0o20000000]]),
        # F_DUPFD_CLOEXEC; not F_SETFL, F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY, F_SETPIPE_SZ
        ("fcntl", [0, 1030], [[0, command] for command in (4, 8, 10, 15, 1024, 1026, 1031)]),
    ],
)
def test_arguments(kind: Architecture, name: str, good: list[int], bad: list[list[int]]) -> None:
    code, number = program(kind, PID), CHECKED[name][KINDS.index(kind)]
    assert outcome(code, AUDIT[kind], number, good) == ALLOW
    assert [outcome(code, AUDIT[kind], number, arguments) for arguments in bad] == [EPERM] * len(bad)


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_of_another_architecture_mean_other_calls(kind: Architecture) -> None:
    code = program(kind, PID)
    of_32_bit, x32_getpid = 0x40000003, 0x40000000 | 39
    assert {outcome(code, of_32_bit, number) for number in range(HIGHEST)} == {KILL}
    assert outcome(code, AUDIT[kind], x32_getpid) == EPERM
