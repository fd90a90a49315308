"""The times that DJs mix at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_PHRASE = 8
"""Bars, counted from the beginning of a section."""


def last_phrase(starts: Floats, downbeats: Floats) -> float | None:
    """When the last whole phrase of eight bars begins, which is how long there is to mix out; None without one.

    Takes the times at which sections begin, and the downbeats, in s: phrases are counted from the last section that has
    one.
    """
    for start in starts[::-1]:
        first = int(np.searchsorted(downbeats, start - 1e-6))
        phrases = (len(downbeats) - first) // _PHRASE
        if phrases:
            return float(downbeats[first + (phrases - 1) * _PHRASE])
    return None
