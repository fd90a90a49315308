"""One tempo from the lags of all moments, as Essentia's PercivalBpmEstimator decides it.

G. Percival, G. Tzanetakis: Streamlined tempo estimation based on autocorrelation and cross-correlation with pulses.
IEEE/ACM Transactions on Audio, Speech, and Language Processing 22(12), 2014. In single precision, step by step as
Essentia does it; the numbers of the decision between octaves are the authors', trained by them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.in_order import sum_in_order
from tonearm.algorithms.sample_rate import ANALYSIS_RATE

_RATE = ANALYSIS_RATE / 128
_LAGS = 414
_DEVIATION = 10.0
_TOLERANCE = 10
_LOWEST = np.array([0.0321812, 1.68126e-83, 50.1745], np.float32)
_HIGHEST = np.array([0.863237, 0.449184, 208.807], np.float32)
_HALF_OR_SAME = np.array([-1.955100, 0.434800, -4.644200, 3.289600], np.float32)
_HALF_OR_DOUBLE = np.array([-3.040800, 2.759100, -6.536700, 3.081000], np.float32)
_SAME_OR_DOUBLE = np.array([-3.462400, 3.439700, -9.489700, 1.629700], np.float32)
"""Support vector machines: the weights of three features, and a bias. Above zero the faster tempo is chosen."""


class TempoVotes:
    """Gathers votes for lags, from 0 to 413 onset strength values; each counts for its neighbours, too."""

    def __init__(self) -> None:
        distances = np.arange(1 - _LAGS, _LAGS)
        height = np.float32(1 / (_DEVIATION * np.sqrt(2 * np.pi)))
        self._vote = (height * np.exp(distances**2 / (-2 * _DEVIATION**2))).astype(np.float32)
        self._votes = np.zeros(_LAGS, np.float32)

    def add(self, lags: NDArray[np.floating[Any]]) -> None:
        """Take one vote each, whole numbers, shape (n,); -1 is none."""
        for lag in lags[lags >= 0].astype(np.int64):
            self._votes += self._vote[_LAGS - 1 - lag : 2 * _LAGS - 1 - lag]

    def tempo(self) -> float:
        """In bpm; 0 without a vote."""
        if not self._votes.any():
            return 0.0
        lag = int(self._votes.argmax())
        bpm = np.float32(_RATE * 60 / lag)
        share = np.float32(1 / sum_in_order(self._votes))
        below = share * sum_in_order(self._votes[: max(0, lag - _TOLERANCE) + 1])
        half = np.float32(0.5 * lag)
        first, last = (int(np.floor(half + side + 0.5)) for side in (-_TOLERANCE, _TOLERANCE))
        at_half = share * sum_in_order(self._votes[max(0, first) : last + 1])
        given = (np.array([below, at_half, bpm], np.float32) - _LOWEST) / (_HIGHEST - _LOWEST)
        half_or_same, half_or_double, same_or_double = (
            weights[3] + given[0] * weights[0] + given[1] * weights[1] + given[2] * weights[2]
            for weights in (_HALF_OR_SAME, _HALF_OR_DOUBLE, _SAME_OR_DOUBLE)
        )
        if half_or_same <= 0 and half_or_double <= 0:
            return float(bpm / 2)
        if half_or_double > 0 and same_or_double > 0:
            return float(bpm * 2)
        return float(bpm)
