"""A log line that a client can cause: at most one a minute, with the number of those left out."""

from __future__ import annotations

import logging
import math
from time import monotonic

_QUIET_SECONDS = 60.0


class Seldom:
    """One kind of warning."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._last = -math.inf
        self._left_out = 0

    def warning(self, message: str, *details: object) -> None:
        if monotonic() < self._last + _QUIET_SECONDS:
            self._left_out += 1
            return
        more = f"; {self._left_out} more since the last such line" if self._left_out else ""
        self._log.warning(message + more, *details)
        self._last, self._left_out = monotonic(), 0
