"""The minimum speed of a body, uploaded or downloaded. A body that trickles in blocks a worker."""

from __future__ import annotations

SLOWEST = 50
"""Bytes per second. Live audio at the lowest bit rates is faster even in silence: FLAC has 140, AAC 170, Opus 260.

The time that a body may take is what bounds how long it is in others' way; this makes the time cost something.
"""


class Pace:
    """Measures the speed of a body. Only time spent waiting for the body counts, not time waiting for a worker.

    A body may take a window longer than `max_seconds`: sound that is being recorded comes a little later than it lasts.
    """

    def __init__(self, window_seconds: float, max_seconds: float) -> None:
        self._window_seconds = window_seconds
        self._left = max_seconds + window_seconds
        self._bytes = 0
        self._seconds = 0.0

    def complaint(self, size: int, seconds: float) -> str | None:
        """Count `size` bytes that arrived after `seconds` of waiting. Returns the reason if the body is too slow."""
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
