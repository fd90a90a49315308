"""Restricts the system calls a process can make (Linux, seccomp); see seccomp(2).

A refused call fails with EPERM, so a library that tries it gets an error and is not killed. The list denies calls that
no analysis needs; a list of allowed calls would break with new versions of the libraries.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""The kernel's constant for each architecture, and its column in the tables of system call numbers."""
_REFUSED = {
    # sockets
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    # programs and processes
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "tkill": (200, 130),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    # namespaces and file systems
    "unshare": (272, 97),
    "setns": (308, 268),
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "mount": (165, 40),
    "umount2": (166, 39),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "open_by_handle_at": (304, 265),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    # kernel features with a history of vulnerabilities
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "personality": (135, 92),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # the machine
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "iopl": (172, None),
    "ioperm": (173, None),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_KILL, _TGKILL = (62, 129), (234, 131)
_CLONE_THREAD = 0x10000
_FOREIGN_CALLS = 0x40000000
"""x86-64 has its x32 calls from here on, which would bypass every check."""

_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
"""Offsets in struct seccomp_data."""
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERROR, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000

_SYSTEM_CALL = (317, 277)
_FILTER, _ALL_THREADS = 1, 1
_NO_NEW_PRIVILEGES = 38

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse_system_calls() -> None:
    """Install the filter on every thread. Raises OSError if the kernel lacks seccomp, or the system is not Linux."""
    if sys.platform != "linux" or platform.machine() not in _ARCHITECTURES:
        raise OSError("sockets and programs are not out of reach: there is no filter of system calls for this system")
    architecture, column = _ARCHITECTURES[platform.machine()]
    code = b"".join(_program(architecture, column))
    program = _Program(len(code) // 8, code)
    refused = _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or _libc.syscall(
        _SYSTEM_CALL[column], _FILTER, _ALL_THREADS, ctypes.byref(program)
    )
    if refused:
        raise OSError(f"sockets and programs are not out of reach: seccomp: {os.strerror(ctypes.get_errno())}")


def _program(architecture: int, column: int) -> list[bytes]:
    refuse = _instruction(_RETURN, 0, 0, _ERROR | errno.EPERM)
    allow = _instruction(_RETURN, 0, 0, _ALLOW)
    code = [
        _instruction(_LOAD, 0, 0, _ARCHITECTURE),
        _instruction(_EQUAL, 1, 0, architecture),
        _instruction(_RETURN, 0, 0, _KILL_PROCESS),
        _instruction(_LOAD, 0, 0, _NUMBER),
        _instruction(_AT_LEAST, 0, 1, _FOREIGN_CALLS),
        refuse,
    ]
    for numbers in _REFUSED.values():
        number = numbers[column]
        if number is not None:
            code += [_instruction(_EQUAL, 0, 1, number), refuse]
    # With ENOSYS the C library falls back to clone, whose flags the filter can read.
    code += [_instruction(_EQUAL, 0, 1, _CLONE3[column]), _instruction(_RETURN, 0, 0, _ERROR | errno.ENOSYS)]
    code += [
        _instruction(_EQUAL, 0, 4, _CLONE[column]),
        _instruction(_LOAD, 0, 0, _FIRST_ARGUMENT),
        _instruction(_ANY_BIT, 0, 1, _CLONE_THREAD),
        allow,
        refuse,
    ]
    for numbers in (_KILL, _TGKILL):
        code += [
            _instruction(_EQUAL, 0, 4, numbers[column]),
            _instruction(_LOAD, 0, 0, _FIRST_ARGUMENT),
            _instruction(_EQUAL, 0, 1, os.getpid()),
            allow,
            refuse,
        ]
    return [*code, allow]


def _instruction(operation: int, if_true: int, if_false: int, value: int) -> bytes:
    """One Berkeley Packet Filter instruction; jump offsets are relative to the next instruction."""
    return struct.pack("HBBI", operation, if_true, if_false, value)
