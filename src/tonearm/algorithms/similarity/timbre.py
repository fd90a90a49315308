"""How the spectrum is shaped, and how fast it changes: statistics of cepstra.

B. Logan, A. Salomon: A music similarity function based on signal analysis. ICME 2001.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.cosine_transform import cosines
from tonearm.algorithms.similarity.levels import shares_in_decibels

COEFFICIENTS = 20
SIZE = 3 * COEFFICIENTS
_LEAST = 1e-3
"""Of a deviation, in dB."""

Floats = NDArray[np.floating]


class TimbreStatistics:
    """Means, deviations and speed of the cepstrum of each frame's shares; frames count by the root of their power."""

    def __init__(self, bands: int) -> None:
        self._cosines = cosines(bands, COEFFICIENTS)
        self._last = np.empty((0, COEFFICIENTS))
        self._last_weight = np.empty(0)
        self._weight = self._pair_weight = 0.0
        self._sum = np.zeros(COEFFICIENTS)
        self._squares = np.zeros(COEFFICIENTS)
        self._steps = np.zeros(COEFFICIENTS)

    def add(self, powers: Floats) -> None:
        """Take the powers of bands, shape (frames, bands), at least one frame, none of them silent."""
        cepstra = shares_in_decibels(powers) @ self._cosines.T
        weights = np.sqrt(powers.sum(axis=1, dtype=np.float64))
        self._weight += weights.sum()
        self._sum += weights @ cepstra
        self._squares += weights @ cepstra**2
        following = np.concatenate((self._last, cepstra))
        pairs = np.concatenate((self._last_weight, weights))
        pairs = np.sqrt(pairs[1:] * pairs[:-1])
        self._pair_weight += pairs.sum()
        self._steps += pairs @ np.diff(following, axis=0) ** 2
        self._last, self._last_weight = cepstra[-1:], weights[-1:]

    def description(self) -> NDArray[np.float64]:
        """Shape (60,): 20 means in dB, then the logarithms of 20 deviations and of 20 mean steps."""
        mean = self._sum / self._weight
        deviation = np.sqrt(np.maximum(0, self._squares / self._weight - mean**2))
        step = np.sqrt(self._steps / max(self._pair_weight, np.finfo(float).tiny))
        return np.concatenate((mean, np.log(deviation + _LEAST), np.log(step + _LEAST)))
