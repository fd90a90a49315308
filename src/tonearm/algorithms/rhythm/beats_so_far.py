"""Beats while the audio arrives: found in its latest seconds, and each told once."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from statistics import median

_RECENT, _OVERLAP = 16.0, 4.0
"""Seconds that are tracked again each time: at least so many, and so many before the last beat that was told."""
_BETWEEN = 5.0
"""Seconds of new audio that are worth it."""


class BeatsSoFar:
    """Times are in s from the start of the audio."""

    def __init__(self) -> None:
        self._last = -inf
        self._tracked = 0.0

    def begin(self, seconds: float) -> float | None:
        """From where to track, when so much audio is there: also what came while nothing was told. None if not yet."""
        if seconds < self._tracked + _BETWEEN:
            return None
        self._tracked = seconds
        return max(0.0, min(seconds - _RECENT, self._last - _OVERLAP))

    def new(self, beats: list[float]) -> list[int]:
        """The places of those beats that come after the last one told; they are told with this call."""
        # A beat that is found again may be a little off, and another one is a whole beat away.
        nearest = 0.5 * median(after - before for before, after in pairwise(beats)) if len(beats) > 1 else 0.0
        places = [place for place, time in enumerate(beats) if time > self._last + nearest]
        if places:
            self._last = beats[-1]
        return places
