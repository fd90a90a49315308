"""How the levels of a few bands go up and down: fluctuation patterns.

E. Pampalk: Computational models of music similarity and their application in music information retrieval. Thesis,
TU Wien, 2006.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WINDOW = 256
"""Frames, of which each window has half of the one before."""
_HOP = WINDOW // 2
_GROUPS = (0, 3, 8, 16, 27, 40)
"""Where the bands of each of five groups begin, and where the last one's end."""
_FASTEST_BIN = 96
_BANDS = 14
SIZE = (len(_GROUPS) - 1) * _BANDS
_FLOOR = 1e-4
_LEAST = 0.05
"""dB of modulation that nobody hears."""

Floats = NDArray[np.floating]


class RhythmStatistics:
    """The mean depth of modulation, by group of bands and speed; windows count by the root of their power."""

    def __init__(self) -> None:
        self._window = np.hanning(WINDOW + 1)[:-1] / (WINDOW / 4)
        self._bands = _modulation_bands()
        self._pending = np.empty((0, len(_GROUPS) - 1))
        self._weight = 0.0
        self._sum = np.zeros((len(_GROUPS) - 1, _BANDS))

    def add(self, powers: Floats) -> None:
        """Take the powers of 40 bands, shape (frames, 40)."""
        groups = np.add.reduceat(powers, _GROUPS[:-1], axis=1, dtype=np.float64)
        self._pending = np.concatenate((self._pending, groups))
        while len(self._pending) >= WINDOW:
            self._add(self._pending[:WINDOW])
            self._pending = self._pending[_HOP:]

    def description(self) -> NDArray[np.float64]:
        """Shape (70,): logarithms of depths in dB, by group from low to high, in it from slow to fast.

        What is shorter than a window, 6 s, is repeated until it fills one.
        """
        if not self._weight:
            self._add(np.resize(self._pending, (WINDOW, self._pending.shape[1])))
        return np.log(self._sum / max(self._weight, np.finfo(float).tiny) + _LEAST).ravel()

    def _add(self, powers: NDArray[np.float64]) -> None:
        levels = 10 * np.log10(powers / max(powers.max(), np.finfo(float).tiny) + _FLOOR)
        levels -= levels.mean(axis=0)
        depths = np.abs(np.fft.rfft(levels * self._window[:, None], axis=0))
        weight = np.sqrt(powers.sum())
        self._weight += weight
        self._sum += weight * (self._bands @ depths).T


def _modulation_bands() -> NDArray[np.float64]:
    """Triangles on a logarithmic scale from bin 2 to bin 96, 0.3 to 16 Hz: shape (14, 129), each with a sum of 1."""
    bins = np.log(np.maximum(np.arange(WINDOW // 2 + 1), 0.5))
    corners = np.linspace(np.log(1.5), np.log(_FASTEST_BIN), _BANDS + 2)
    left, peak, right = (corners[i : i + _BANDS, None] for i in range(3))
    weights = np.maximum(0, np.minimum((bins - left) / (peak - left), (right - bins) / (right - peak)))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float64)
