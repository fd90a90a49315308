"""The tempo of beats: the slope of a line through their times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_LOCAL = 16
"""Beats that a local tempo is of."""
_NEAR = 0.035
"""Seconds that a beat is from the line at most, with few exceptions, where the tempo is constant: half of what
evaluations of beats allow."""
_SHARE = 0.9


@dataclass(frozen=True)
class BeatLine:
    bpm: float
    constant: bool
    """Whether nearly all beats are near the line."""


def beat_line(times: Floats) -> BeatLine:
    """The line through beats at `times`, float64, shape (beats,), in s, of at least two."""
    numbers = np.arange(len(times))
    kept = np.ones(len(times), bool)
    # A beat that is elsewhere, in a break for one, must not turn the line.
    for _ in range(3):
        slope, start = np.polyfit(numbers[kept], times[kept], 1)
        away = np.abs(times - start - slope * numbers)
        inside = away <= max(_NEAR, 3 * float(np.median(away)))
        if inside.sum() < 2 or (inside == kept).all():
            break
        kept = inside
    return BeatLine(60 / slope, bool((away <= _NEAR).mean() >= _SHARE))


def tempo_curve(times: Floats) -> list[tuple[float, float]]:
    """Time in s and local tempo in bpm, one each four beats: of the sixteen beats around it, or of all if fewer."""
    found = []
    for middle in range(0, len(times), _LOCAL // 4):
        begin = max(0, min(middle - _LOCAL // 2, len(times) - _LOCAL - 1))
        around = times[begin : begin + _LOCAL + 1]
        slope = np.polyfit(np.arange(len(around)), around, 1)[0]
        found.append((float(times[middle]), float(60 / slope)))
    return found
