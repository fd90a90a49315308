"""How far the level strays from its mean, within a beat, a bar and a phrase."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SCALES = (1, 16, 128)
"""Frames whose power is averaged: 23 ms, 0.4 s and 3 s."""
_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
SIZE = len(_SCALES) * len(_SHARES)
_BINS_PER_DECIBEL = 4
_BINS = 300 * _BINS_PER_DECIBEL
_DEEPEST = 40.0
"""dB below the mean; what is lower is silence."""

Floats = NDArray[np.floating]


class DynamicsStatistics:
    """A histogram of levels at each scale, in steps of a quarter of a dB."""

    def __init__(self) -> None:
        self._histograms = np.zeros((len(_SCALES), _BINS))
        self._pending: list[Floats] = [np.empty(0)] * len(_SCALES)
        self._power = 0.0
        self._frames = 0

    def add(self, powers: Floats) -> None:
        """Take the powers of frames, shape (frames,)."""
        self._power += powers.sum(dtype=np.float64)
        self._frames += len(powers)
        for scale, length in enumerate(_SCALES):
            pending = np.concatenate((self._pending[scale], powers))
            whole = len(pending) // length * length
            self._count(scale, pending[:whole].reshape(-1, length).mean(axis=1))
            self._pending[scale] = pending[whole:]

    def description(self) -> NDArray[np.float64]:
        """Shape (15,): five quantiles of the level at each scale, in dB relative to the mean power, at least -40."""
        found = []
        mean = 10 * np.log10(max(self._power / max(self._frames, 1), np.finfo(float).tiny))
        for scale, pending in enumerate(self._pending):
            if not self._histograms[scale].any():
                self._count(scale, pending.mean(keepdims=True))
            places = np.searchsorted(
                np.cumsum(self._histograms[scale]), np.array(_SHARES) * self._histograms[scale].sum()
            )
            found.append((places - _BINS // 2) / _BINS_PER_DECIBEL - mean)
        return np.asarray(np.maximum(np.concatenate(found), -_DEEPEST), np.float64)

    def _count(self, scale: int, powers: Floats) -> None:
        decibels = 10 * np.log10(np.maximum(powers, np.finfo(float).tiny))
        places = np.clip(np.round(decibels * _BINS_PER_DECIBEL) + _BINS // 2, 0, _BINS - 1).astype(int)
        self._histograms[scale] += np.bincount(places, minlength=_BINS)
