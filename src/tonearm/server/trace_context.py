"""The trace that a request belongs to, by the traceparent header of W3C Trace Context (version 00)."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.types import Scope

_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def trace_id(scope: Scope) -> str | None:
    """32 hexadecimal digits; None if there is no such header, if it is invalid, or if there are several."""
    given = Headers(scope=scope).getlist("traceparent")
    found = _TRACEPARENT.fullmatch(given[0]) if len(given) == 1 else None
    return found[1] if found else None
