"""Keeps the memory of a process from the other processes of its user (Linux); see PR_SET_DUMPABLE in prctl(2)."""

from __future__ import annotations

import ctypes
import os
import sys

_SET_DUMPABLE = 4


def hide_memory() -> None:
    """Let no other process of this user trace this one, or read its memory, environment or open files.

    It also dumps no core. Does nothing on other systems than Linux. Raises OSError if the kernel refuses.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0):
        raise OSError(f"the memory of the process is not hidden: {os.strerror(ctypes.get_errno())}")
