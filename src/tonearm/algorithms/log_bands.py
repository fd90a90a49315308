"""Triangular bands that are evenly spaced in pitch, as madmom has them.

S. Böck et al.: madmom: a new Python audio and music signal processing library. ACM Multimedia 2016.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_REFERENCE = 440.0
"""In Hz: a band is centred there."""


def log_filterbank(
    frequencies: NDArray[np.float64], bands_per_octave: int, low: float, high: float
) -> NDArray[np.float32]:
    """The weight of each bin of a spectrum in each band: float32, shape (bands, bins), dimensionless, of sum 1 each.

    `frequencies` of the bins and the ends `low` and `high` are in Hz. Bands that would have the same centre are one.
    """
    first, last = (np.log2(np.array([low, high]) / _REFERENCE) * bands_per_octave).tolist()
    centres = _REFERENCE * 2 ** (np.arange(np.floor(first), np.ceil(last)) / bands_per_octave)
    centres = centres[(centres >= low) & (centres <= high)]
    right = np.clip(frequencies.searchsorted(centres), 1, len(frequencies) - 1)
    nearer_left = centres - frequencies[right - 1] < frequencies[right] - centres
    bins = np.unique(right - nearer_left)
    bank = np.zeros((len(bins) - 2, len(frequencies)))
    for band, (left, peak, end) in zip(bank, zip(bins[:-2], bins[1:-1], bins[2:], strict=True), strict=True):
        band[left:peak] = np.arange(peak - left) / (peak - left)
        band[peak:end] = 1 - np.arange(end - peak) / (end - peak)
        band /= band.sum()
    return bank.astype(np.float32)
