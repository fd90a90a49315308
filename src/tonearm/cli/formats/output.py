"""Standard output for programs: bytes, there as soon as they are written."""

from __future__ import annotations

import sys


def write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
