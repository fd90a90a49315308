"""Borders of segments, moved to beats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]

_PAUSE = 1.5
"""Beats farther apart than so many of the usual ones have a pause between them."""


def on_beats(borders: Times, beats: Times) -> Times:
    """Each border that lies between two beats, at the nearer one; others stay where they are, as in a pause of beats.

    Takes s in ascending order, shapes (n,) and (beats,); returns as many borders. Those that meet at one beat become
    equal: what lay between them is gone.
    """
    if len(beats) < 2:
        return borders
    after = np.clip(np.searchsorted(beats, borders), 1, len(beats) - 1)
    before = after - 1
    nearest = np.where(borders - beats[before] < beats[after] - borders, beats[before], beats[after])
    gaps = np.diff(beats)
    inside = (beats[0] <= borders) & (borders <= beats[-1]) & (gaps[before] < _PAUSE * np.median(gaps))
    return np.where(inside, nearest, borders)
