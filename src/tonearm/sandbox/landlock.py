"""Restricts the files a process can access (Linux, Landlock); see landlock(7)."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""System call numbers, the same on every architecture."""
_VERSION = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""The number of file access rights in each version of Landlock; all of them are restricted."""
_SCOPES = 0b11
"""Abstract Unix sockets and signals (version 6), both limited to this process."""
_NO_NEW_PRIVILEGES = 38

_libc = ctypes.CDLL(None, use_errno=True)


def restrict_files(readable: Iterable[Path]) -> None:
    """Allow reading files below `readable` only; forbid writing, creating, removing and executing files.

    This applies to the calling thread and the threads it starts. A thread that a library started earlier keeps its
    access (onnxruntime has one that only waits), and open files stay open. Raises OSError if the kernel lacks Landlock.
    """
    version = _call(_CREATE_RULESET, None, 0, _VERSION) if sys.platform == "linux" else -1
    if version < 1:
        raise OSError("the files of the system are not out of reach: its kernel has no Landlock")
    rights = (1 << _RIGHTS.get(version, 16)) - 1
    attributes = struct.pack("QQQ", rights, 0, _SCOPES)[: 24 if version >= 6 else 8]
    ruleset = _call(_CREATE_RULESET, attributes, len(attributes), 0)
    _check(ruleset)
    try:
        for path in readable:
            _allow(ruleset, path)
        _check(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _check(_call(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = _READ_FILE | _READ_DIR if path.is_dir() else _READ_FILE
        _check(_call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, parent), 0))
    finally:
        os.close(parent)


def _call(number: int, *arguments: bytes | int | None) -> int:
    return int(_libc.syscall(number, *arguments))


def _check(result: int) -> None:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
