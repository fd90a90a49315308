"""How fast a body comes, uploaded or downloaded: one that trickles keeps a worker from others."""

from __future__ import annotations

SLOWEST = 1000
"""Bytes per second. No sound is streamed more slowly."""


class Pace:
    """Only the time spent waiting for the body counts: a busy worker is not the source's fault."""

    def __init__(self, window_seconds: float, max_seconds: float) -> None:
        self._window_seconds = window_seconds
        self._left = max_seconds
        self._bytes = 0
        self._seconds = 0.0

    def complaint(self, size: int, seconds: float) -> str | None:
        """What is wrong, if anything is, now that so many bytes came after so long a wait."""
        self._left -= seconds
        self._bytes += size
        self._seconds += seconds
        if self._left < 0:
            return "It takes longer than the audio may last (TONEARM_MAX_SECONDS)."
        if self._seconds >= self._window_seconds:
            if self._bytes < SLOWEST * self._seconds:
                return f"Less than {SLOWEST} bytes per second arrived."
            self._bytes, self._seconds = 0, 0.0
        return None
