"""Onsets: where the sum of onset detection functions stands out.

P. Brossier, J. P. Bello, M. D. Plumbley: Fast labelling of notes in music signals. ISMIR, 2004. As Essentia's Onsets
with its default settings, step by step in single precision.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled_strictly
from tonearm.algorithms.rhythm.periods import RATE, Floats

_WINDOW = 5
_SILENCE = np.float32(0.02)
_SHARE_OF_MEAN = np.float32(0.1)


def find_onsets(functions: Floats) -> Floats:
    """Times of the onsets in seconds: float32, shape (onsets,), ascending.

    `functions` are onset detection functions: float32, shape (n, functions), n > 0, none negative, each in any unit,
    44100 ÷ 512 rows per second. Each counts as much as the others.
    """
    highest = functions.max(axis=0)
    total = (functions / np.where(highest > 0, highest, np.float32(1))).sum(axis=1)
    above = _stands_out(total, _SILENCE * np.float32(functions.shape[1]))
    before = np.concatenate(([False], above[:-1]))
    # A single value is no onset, unless it is the last.
    after = np.concatenate((above[1:], [True]))
    return np.flatnonzero(above & ~before & after).astype(np.float32) / RATE


@compiled_strictly
def _stands_out(values: Floats, silence: np.float32) -> NDArray[np.bool_]:
    """Whether each moving average exceeds the median and a tenth of the mean of the last five of them."""
    found = np.zeros(len(values), np.bool_)
    weight = np.float32(1 / _WINDOW)
    window = np.zeros(_WINDOW, np.float32)
    # Essentia leaves the second place out in the first round.
    place = 0
    for i in range(1, len(values)):
        average = np.float32(0)
        for j in range(max(0, i - _WINDOW + 1), i + 1):
            average += weight * values[j]
        if average < silence:
            average = np.float32(0)
        window[place] = average
        place = (i + 1) % _WINDOW
        total = np.float32(0)
        for value in window:
            total += value
        found[i] = average > _middle(window) + _SHARE_OF_MEAN * (total / np.float32(_WINDOW))
    return found


@compiled_strictly
def _middle(values: Floats) -> np.float32:
    """The median of an odd number of values."""
    middle = np.float32(0)
    for candidate in values:
        less, equal = 0, 0
        for value in values:
            less += value < candidate
            equal += value == candidate
        if less <= len(values) // 2 < less + equal:
            middle = candidate
    return middle
