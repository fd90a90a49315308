"""Standard output for programs: bytes, there as soon as they are written."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any


def line(values: Mapping[str, Any]) -> bytes:
    """Of JSON. ASCII, so that a name that is no UTF-8 can be read back."""
    return json.dumps(values, separators=(",", ":")).encode() + b"\n"


def write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
