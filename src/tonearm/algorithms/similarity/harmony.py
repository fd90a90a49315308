"""Which intervals sound together and how they follow one another, whatever the key and the tuning.

A transposition turns the circle of pitch classes, so the magnitudes of its discrete Fourier transform stay as they are,
and so does the product of one profile's transform and the conjugate of another's: the interval from one to the other.

D. Lewin: Re: Intervallic relations between two collections of notes. Journal of Music Theory 3(2), 1959.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.quarter_tones import SIZE as TONES

_LAGS = (2, 8, 32)
"""Frames from one profile to the other: 0.4 s, 1.5 s and 6 s."""
_OCTAVES = 7
_COMPONENTS = TONES // 2
_FOLLOWED = 6
"""Components that tell intervals between semitones."""
SIZE = 2 * _COMPONENTS + 2 * _FOLLOWED * len(_LAGS) + 2 * _OCTAVES
_FLOOR = 1e-3

Floats = NDArray[np.floating]


class HarmonyStatistics:
    """Frames count by the root of their highest magnitude."""

    def __init__(self) -> None:
        self._weight = 0.0
        self._single = np.zeros(_COMPONENTS)
        self._whole = np.zeros(_COMPONENTS, np.complex128)
        self._latest = np.empty((0, _FOLLOWED), np.complex128)
        self._latest_weights = np.empty(0)
        self._power = np.zeros(_FOLLOWED)
        self._followed = np.zeros((len(_LAGS), _FOLLOWED), np.complex128)
        self._pairs = np.zeros(len(_LAGS))
        self._registers = np.zeros(_OCTAVES)
        self._peaks = np.zeros(_OCTAVES)

    def add(self, tones: Floats, magnitudes: Floats) -> None:
        """Take how much of each quarter tone frames have, shape (frames, 24), and the constant-Q magnitudes that it is
        made of, shape (frames, 168): frames with sound only.
        """
        if not len(tones):
            return
        octaves = magnitudes.reshape(len(magnitudes), _OCTAVES, TONES).astype(np.float64)
        loudest = octaves.max(axis=2)
        highest = loudest.max(axis=1, keepdims=True)
        weights = np.sqrt(highest[:, 0])
        transforms = np.fft.rfft(tones, axis=1)
        transforms = transforms[:, 1:] / transforms[:, :1].real
        self._weight += weights.sum()
        self._single += weights @ np.abs(transforms)
        self._power += weights @ np.abs(transforms[:, :_FOLLOWED]) ** 2
        self._whole += weights @ transforms
        self._registers += weights @ np.log10(loudest / highest + _FLOOR)
        self._peaks += weights @ np.log10((loudest + _FLOOR * highest) / (octaves.mean(axis=2) + _FLOOR * highest))
        self._follow(transforms[:, :_FOLLOWED], weights)

    def description(self) -> NDArray[np.float64]:
        """Shape (74,), dimensionless."""
        weight = max(self._weight, np.finfo(float).tiny)
        power = np.maximum(self._power / weight, np.finfo(float).tiny)
        followed = self._followed / np.maximum(self._pairs, np.finfo(float).tiny)[:, None] / power
        parts = (self._single / weight, np.abs(self._whole) / weight, followed.real.ravel(), followed.imag.ravel())
        return np.concatenate((*parts, self._registers / weight, self._peaks / weight))

    def _follow(self, transforms: NDArray[np.complex128], weights: NDArray[np.float64]) -> None:
        known = len(self._latest)
        transforms = np.concatenate((self._latest, transforms))
        weights = np.concatenate((self._latest_weights, weights))
        for place, lag in enumerate(_LAGS):
            first = max(0, known - lag)
            earlier, later = slice(first, len(weights) - lag), slice(first + lag, None)
            if len(weights) <= first + lag:
                continue
            both = np.sqrt(weights[earlier] * weights[later])
            self._followed[place] += both @ (transforms[later] * transforms[earlier].conj())
            self._pairs[place] += both.sum()
        self._latest, self._latest_weights = transforms[-max(_LAGS) :], weights[-max(_LAGS) :]
