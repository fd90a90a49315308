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
_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG, _TRUNCATE = 1 << 4, 1 << 5, 1 << 7, 1 << 8, 1 << 14
_READ = _READ_FILE | _READ_DIR
_WRITE = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE
_ON_FILES = _READ_FILE | _WRITE_FILE | _TRUNCATE
"""The rights that a rule for a single file may have."""
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""The number of file access rights in each version of Landlock; all of them are restricted."""
_TCP = 0b11
"""To bind and to connect (version 4)."""
_SCOPES = 0b11
"""Abstract Unix sockets and signals (version 6), both limited to this process."""
_THREAD_SYNC = 8
"""The version from which on all threads of the process can be restricted at once."""
_ALL_THREADS = 1 << 3
_NO_NEW_PRIVILEGES = 38

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Of the kernel's Landlock; below 1 if it has none."""
    return _call(_CREATE_RULESET, None, 0, _VERSION) if sys.platform == "linux" else -1


def restricts_all_threads() -> bool:
    """Whether `restrict_files` applies to threads that already run."""
    return version() >= _THREAD_SYNC


def restrict_files(readable: Iterable[Path], listable: Iterable[Path] = (), writable: Iterable[Path] = ()) -> None:
    """Allow reading files below `readable`, listing the folders below `listable`, and reading, writing, creating and
    removing files below `writable`.

    This applies to the calling thread and the threads it starts, and from version 8 on to every thread. A second call
    restricts further. Open files stay open. Raises OSError if the kernel lacks Landlock.
    """
    found = version()
    if found < 1:
        raise OSError("the files of the system are not out of reach: its kernel has no Landlock")
    handled = (1 << _RIGHTS.get(found, 16)) - 1
    # The kernel takes a shorter structure for an older one.
    size = 24 if found >= 6 else 16 if found >= 4 else 8
    attributes = struct.pack("QQQ", handled, _TCP, _SCOPES)[:size]
    ruleset = _call(_CREATE_RULESET, attributes, size, 0)
    _check(ruleset)
    try:
        for path in readable:
            _allow(ruleset, path, _READ & handled)
        for path in listable:
            _allow(ruleset, path, _READ_DIR)
        for path in writable:
            _allow(ruleset, path, _WRITE & handled)
        _check(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _check(_call(_RESTRICT_SELF, ruleset, _ALL_THREADS if found >= _THREAD_SYNC else 0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = rights if path.is_dir() else rights & _ON_FILES
        _check(_call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, parent), 0))
    finally:
        os.close(parent)


def _call(number: int, *arguments: bytes | int | None) -> int:
    return int(_libc.syscall(number, *arguments))


def _check(result: int) -> None:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
