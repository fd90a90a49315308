"""Window functions: symmetric as Essentia's Windowing has them, but for `periodic_hann`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.in_order import sum_in_order


def hann(size: int) -> NDArray[np.float64]:
    """The Hann window: float64, shape (size,), dimensionless, 0 at both ends and at most 1."""
    return 0.5 - 0.5 * np.cos(_phase(size))


def periodic_hann(size: int) -> NDArray[np.float64]:
    """One period of the Hann window, as librosa and SciPy have it: float64, shape (size,), dimensionless, 0 to 1."""
    return hann(size + 1)[:-1]


def hamming(size: int) -> NDArray[np.float64]:
    """The Hamming window: float64, shape (size,), dimensionless, 0.07672 at both ends and at most 1."""
    return 0.53836 - 0.46164 * np.cos(_phase(size))


def blackman_harris_62(size: int) -> NDArray[np.float64]:
    """The three-term Blackman-Harris window with side lobes at -62 dB: float64, shape (size,), dimensionless.

    F. J. Harris: On the use of windows for harmonic analysis with the discrete Fourier transform. Proceedings of the
    IEEE 66(1), 1978.
    """
    phase = _phase(size)
    return np.asarray(0.44959 - 0.49364 * np.cos(phase) + 0.05677 * np.cos(2 * phase), np.float64)


def normalised(window: NDArray[np.float64]) -> NDArray[np.float32]:
    """The window scaled to a sum of 2, with which a full-scale sine has a magnitude of about 1: float32, same shape.

    Added up in order and in single precision, as Essentia does: the sum is off by up to 2 · 10⁻⁶, and the same.
    """
    single = window.astype(np.float32)
    return np.asarray(single * (np.float32(2) / sum_in_order(single)), np.float32)


def _phase(size: int) -> NDArray[np.float64]:
    return np.asarray(2 * np.pi * np.arange(size) / (size - 1), np.float64)
