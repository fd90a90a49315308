"""Restricts the system calls a process can make (Linux, seccomp); see seccomp(2).

The filter is a list of what is allowed. Any other call fails with EPERM, so a library that tries it gets an error and
is not killed.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable
from typing import Literal, assert_never

from tonearm.sandbox.system_calls import UNKNOWN, Below, Condition, NoBits, NoneOf, Null, OneOf, allowed

Architecture = Literal["x86_64", "aarch64"]

_AUDIT: dict[Architecture, int] = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""The kernel's constant for each architecture."""
_COLUMN: dict[Architecture, int] = {"x86_64": 0, "aarch64": 1}

_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Offsets in struct seccomp_data; an argument has 8 bytes, the lower half first."""
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERROR, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000

_SECCOMP = (317, 277)
_FILTER, _ALL_THREADS = 1, 1
_NO_NEW_PRIVILEGES = 38

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse_system_calls() -> None:
    """Install the filter on every thread. Raises OSError if the kernel lacks seccomp, or the system is not Linux."""
    machine = next((known for known in _AUDIT if known == platform.machine()), None)
    if sys.platform != "linux" or machine is None:
        raise OSError("sockets and programs are not out of reach: there is no filter of system calls for this system")
    code = program(machine, os.getpid())
    header = _Program(len(code) // 8, code)
    refused = _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or _libc.syscall(
        _SECCOMP[_COLUMN[machine]], _FILTER, _ALL_THREADS, ctypes.byref(header)
    )
    if refused:
        raise OSError(f"sockets and programs are not out of reach: seccomp: {os.strerror(ctypes.get_errno())}")


def program(architecture: Architecture, pid: int) -> bytes:
    """The filter for the process `pid`, in Berkeley Packet Filter instructions of 8 bytes.

    A call of another architecture (`int 0x80` on x86-64) kills the process, as its numbers mean other calls. The x32
    calls of x86-64 have numbers of their own, which are not in the list.
    """
    column = _COLUMN[architecture]
    code = [
        _instruction(_LOAD, 0, 0, _ARCHITECTURE),
        _instruction(_EQUAL, 1, 0, _AUDIT[architecture]),
        _instruction(_RETURN, 0, 0, _KILL_PROCESS),
        _instruction(_LOAD, 0, 0, _NUMBER),
    ]
    for call in allowed(pid).values():
        number = call.numbers[column]
        if number is not None:
            body = [*_checks(call.conditions), _instruction(_RETURN, 0, 0, _ALLOW)]
            code += [_instruction(_EQUAL, 0, len(body), number), *body]
    for numbers in UNKNOWN.values():
        code += [_instruction(_EQUAL, 0, 1, numbers[column]), _instruction(_RETURN, 0, 0, _ERROR | errno.ENOSYS)]
    return b"".join([*code, _refusal()])


def _checks(conditions: Iterable[Condition]) -> list[bytes]:
    """Each goes on to the next instruction after it if it holds, and refuses the call if not."""
    return [instruction for condition in conditions for instruction in _check(condition)]


def _check(condition: Condition) -> list[bytes]:
    lower = _instruction(_LOAD, 0, 0, _ARGUMENTS + 8 * condition.argument)
    match condition:
        case OneOf(_, values):
            # The last jumps over the refusal alone, the first over those between too.
            tests = [_instruction(_EQUAL, len(values) - index, 0, value) for index, value in enumerate(values)]
            return [lower, *tests, _refusal()]
        case NoneOf(_, values):
            return [lower, *(part for value in values for part in (_instruction(_EQUAL, 0, 1, value), _refusal()))]
        case NoBits(_, mask):
            return [lower, _instruction(_ANY_BIT, 0, 1, mask), _refusal()]
        case Below(_, bound):
            return [lower, _instruction(_AT_LEAST, 0, 1, bound), _refusal()]
        case Null(argument):
            upper = _instruction(_LOAD, 0, 0, _ARGUMENTS + 8 * argument + 4)
            zero = [_instruction(_EQUAL, 1, 0, 0), _refusal()]
            return [lower, *zero, upper, *zero]
        case _:
            assert_never(condition)


def _refusal() -> bytes:
    return _instruction(_RETURN, 0, 0, _ERROR | errno.EPERM)


def _instruction(operation: int, if_true: int, if_false: int, value: int) -> bytes:
    """One Berkeley Packet Filter instruction; jump offsets are relative to the next instruction."""
    return struct.pack("=HBBI", operation, if_true, if_false, value)
