"""The system calls that decoding and analysis make, and the arguments they may have.

The list comes from traces of workers with every model, and from what the C library does for them: memory, threads,
reading files, clocks. A call that can reach another process is here only if it can be held to this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

Numbers = tuple[int | None, int | None]
"""Of a system call, on x86-64 and on ARM64; None if it does not exist there."""


class OneOf(NamedTuple):
    """The argument, read as 32 bits, is one of `values`."""

    argument: int
    values: tuple[int, ...]


class NoneOf(NamedTuple):
    """The argument, read as 32 bits, is none of `values`."""

    argument: int
    values: tuple[int, ...]


class NoBits(NamedTuple):
    """The argument has no bit of `mask`."""

    argument: int
    mask: int


class Below(NamedTuple):
    """The argument, read as 32 bits, is less than `bound`."""

    argument: int
    bound: int


class Null(NamedTuple):
    """The argument is a null pointer."""

    argument: int


Condition = OneOf | NoneOf | NoBits | Below | Null


@dataclass(frozen=True)
class Call:
    numbers: Numbers
    conditions: tuple[Condition, ...] = ()
    """All must hold."""


_OPEN_TO_WRITE = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000 | 0o20000000
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, and the bit of O_TMPFILE that O_DIRECTORY does not have: the same on
both architectures."""
_THREAD = 0x3D0F00
"""The flags of pthread_create: a thread of this process, with its memory, files and signals."""
_TERMINAL_ATTRIBUTES = 0x5401
"""TCGETS, with which isatty asks."""
_PRIVILEGED_ADVICE = 100
"""From here on madvise takes pages out of use (MADV_HWPOISON)."""
_FCNTL = {"F_DUPFD": 0, "F_GETFD": 1, "F_SETFD": 2, "F_GETFL": 3, "F_DUPFD_CLOEXEC": 1030}
_PRCTL = {"PR_GET_DUMPABLE": 3, "PR_SET_NAME": 15, "PR_GET_NAME": 16, "PR_SET_VMA": 0x53564D41}
_SIGXCPU = 24


def allowed(pid: int) -> dict[str, Call]:
    """By name, for the process `pid`; the most frequent first, as the kernel compares them in this order."""
    own = (pid,)
    own_or_zero = (0, pid)
    return {
        "futex": Call((202, 98)),
        "read": Call((0, 63)),
        "write": Call((1, 64)),
        "clock_gettime": Call((228, 113)),
        # memory
        "mmap": Call((9, 222)),
        "munmap": Call((11, 215)),
        "mprotect": Call((10, 226)),
        "mremap": Call((25, 216)),
        "madvise": Call((28, 233), (Below(2, _PRIVILEGED_ADVICE),)),
        "brk": Call((12, 214)),
        # files: what can be opened is for Landlock to say, and none is opened for writing
        "openat": Call((257, 56), (NoBits(2, _OPEN_TO_WRITE),)),
        "close": Call((3, 57)),
        "fstat": Call((5, 80)),
        "newfstatat": Call((262, 79)),
        "stat": Call((4, None)),
        "lstat": Call((6, None)),
        "statx": Call((332, 291)),
        "access": Call((21, None)),
        "faccessat": Call((269, 48)),
        "lseek": Call((8, 62)),
        "readv": Call((19, 65)),
        "pread64": Call((17, 67)),
        "preadv": Call((295, 69)),
        "writev": Call((20, 66)),
        "getdents64": Call((217, 61)),
        "getcwd": Call((79, 17)),
        "fcntl": Call((72, 25), (OneOf(1, tuple(_FCNTL.values())),)),
        "ioctl": Call((16, 29), (OneOf(1, (_TERMINAL_ATTRIBUTES,)),)),
        # threads
        "clone": Call((56, 220), (OneOf(0, (_THREAD,)),)),
        "set_robust_list": Call((273, 99)),
        "rseq": Call((334, 293)),
        "sched_yield": Call((24, 124)),
        "sched_getaffinity": Call((204, 123)),
        "gettid": Call((186, 178)),
        "exit": Call((60, 93)),
        "exit_group": Call((231, 94)),
        "prctl": Call((157, 167), (OneOf(0, tuple(_PRCTL.values())),)),
        # signals: the limit of CPU time cannot be ignored
        "rt_sigprocmask": Call((14, 135)),
        "rt_sigaction": Call((13, 134), (NoneOf(0, (_SIGXCPU,)),)),
        "rt_sigreturn": Call((15, 139)),
        "sigaltstack": Call((131, 132)),
        "restart_syscall": Call((219, 128)),
        "kill": Call((62, 129), (OneOf(0, own),)),
        "tgkill": Call((234, 131), (OneOf(0, own),)),
        # clocks
        "clock_getres": Call((229, 114)),
        "clock_nanosleep": Call((230, 115)),
        "nanosleep": Call((35, 101)),
        "gettimeofday": Call((96, 169)),
        "time": Call((201, None)),
        "times": Call((100, 153)),
        # the process and the machine
        "getrandom": Call((318, 278)),
        "getrusage": Call((98, 165)),
        "getrlimit": Call((97, 163)),
        "prlimit64": Call((302, 261), (OneOf(0, own_or_zero), Null(2))),
        "getpid": Call((39, 172)),
        "getppid": Call((110, 173)),
        "getuid": Call((102, 174)),
        "geteuid": Call((107, 175)),
        "getgid": Call((104, 176)),
        "getegid": Call((108, 177)),
        "getcpu": Call((309, 168)),
        "uname": Call((63, 160)),
        "sysinfo": Call((99, 179)),
    }


UNKNOWN: dict[str, tuple[int, int]] = {
    "clone3": (435, 435),
    "openat2": (437, 437),
    "faccessat2": (439, 439),
}
"""Calls that fail as on a kernel without them, with ENOSYS: the C library then makes an older call, whose arguments the
filter can read."""
