"""How far the notes of a constant-Q transform are from its bins.

E. Gómez: Key estimation from polyphonic audio. Music Information Retrieval Evaluation Exchange, 2005.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

_LOW, _HIGH = 24, 144
"""The bins that are looked at: an octave from either end."""
_FLOOR = 1e-4
_BINS_PER_SEMITONE = 2


def tuning_phasor(magnitudes: Floats) -> complex:
    """The sum of all spectral peaks, each turned by its distance from a semitone.

    Takes magnitudes of 24 bins an octave, shape (frames, bins). Sums of several blocks can be added.
    """
    values = magnitudes[:, _LOW:_HIGH]
    logs = np.log(values + _FLOOR)
    before, here, after = logs[:, :-2], logs[:, 1:-1], logs[:, 2:]
    peaks = np.nonzero((here > before) & (here >= after))
    left, middle, right = before[peaks], here[peaks], after[peaks]
    places = peaks[1] + 1 + 0.5 * (left - right) / (left - 2 * middle + right)
    turns = np.exp(2j * np.pi * places / _BINS_PER_SEMITONE)
    return complex((values[:, 1:-1][peaks] * turns).sum())


def semitones(phasor: complex) -> float:
    """The distance that a sum of peaks stands for, -0.5 to 0.5 semitones; 0 without a peak."""
    return float(np.angle(phasor) / (2 * np.pi))
