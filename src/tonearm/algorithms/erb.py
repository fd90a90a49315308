"""Gammatone filters, as wide as the ear's equivalent rectangular bandwidths (ERB).

M. Slaney: An efficient implementation of the Patterson-Holdsworth auditory filter bank. Apple Computer Technical Report
35, 1993. Bandwidths: B. R. Glasberg, B. C. J. Moore: Derivation of auditory filter shapes from notched-noise data.
Hearing Research 47, 1990.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_EAR_Q = 9.26449
_LEAST = 24.7
"""Bandwidth in Hz towards 0 Hz."""


def gammatone_filterbank(*, rate: int, fft: int, bands: int, low: float, high: float) -> NDArray[np.float32]:
    """The weight of each bin of a spectrum in each band: float32, shape (bands, fft // 2 + 1), dimensionless.

    The centres ascend from `low` Hz in steps that are even in ERB, one step short of `high` Hz; each weight there is
    about 1. `rate` is the sample rate in Hz, `fft` the length of the transform in samples.
    """
    offset = _EAR_Q * _LEAST
    steps = np.arange(bands, 0, -1) / bands
    centres = -offset + (high + offset) * np.exp(steps * np.log((low + offset) / (high + offset)))
    decay = 1.019 * 2 * np.pi * (centres / _EAR_Q + _LEAST) / rate
    angle = 2 * np.pi * centres / rate
    poles = np.exp(-decay + 1j * angle)
    # The four real zeros of Slaney's filters of eighth order.
    spread = np.sqrt(3 + 2**1.5), -np.sqrt(3 + 2**1.5), np.sqrt(3 - 2**1.5), -np.sqrt(3 - 2**1.5)
    zeros = [np.exp(-decay) * (np.cos(angle) + factor * np.sin(angle)) for factor in spread]

    def response(unit: NDArray[np.complex128]) -> NDArray[np.float64]:
        """The magnitude at places of the unit circle, one row for each band, but for a factor."""
        distances = np.ones((bands, 1))
        for zero in zeros:
            distances = distances * np.abs(unit - zero[:, None])
        return np.asarray(distances / np.abs(poles[:, None] - unit) ** 8)

    circle = np.exp(2j * np.pi * np.arange(fft // 2 + 1) / fft)[None]
    return np.asarray(response(circle) / response(np.exp(1j * angle)[:, None]), np.float32)
