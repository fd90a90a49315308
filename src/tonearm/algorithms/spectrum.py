"""Spectra of frames.

A complex spectrum is a row of float32, shape (2 · bins,): real and imaginary parts in turn, which numba's loops turn
into vector instructions better than complex numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled

Floats = NDArray[np.float32]


def complex_spectra(frames: Floats, size: int) -> Floats:
    """The discrete Fourier transform of each frame, zero-padded to `size` samples.

    Takes float32, shape (frames, n), n ≤ `size`; returns float32, shape (frames, 2 · bins), in the unit of the frames,
    with bins = size // 2 + 1.
    """
    # Deferred: it takes an eighth of a second, and loudness needs no spectrum.
    from scipy.fft import rfft

    spectra: Floats = rfft(frames, size, axis=1).view(np.float32)
    return spectra


@compiled
def power_spectrum(spectrum: Floats, out: Floats) -> None:
    """Write the squared magnitude of each bin of a complex spectrum, shape (2 · bins,), to `out`, shape (bins,)."""
    for k in range(out.size):
        re, im = spectrum[2 * k], spectrum[2 * k + 1]
        out[k] = re * re + im * im


@compiled
def magnitude_spectra(spectra: Floats) -> Floats:
    """The magnitude of each bin: from complex spectra, shape (frames, 2 · bins), to float32, shape (frames, bins)."""
    magnitudes = np.empty((spectra.shape[0], spectra.shape[1] // 2), np.float32)
    for frame in range(magnitudes.shape[0]):
        for k in range(magnitudes.shape[1]):
            re, im = spectra[frame, 2 * k], spectra[frame, 2 * k + 1]
            magnitudes[frame, k] = np.sqrt(re * re + im * im)
    return magnitudes
