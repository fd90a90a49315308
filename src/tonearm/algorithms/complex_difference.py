"""The complex spectral difference, an onset detection function.

J. P. Bello, C. Duxbury, M. Davies, M. Sandler: On the use of phase and energy for musical onset detection in the
complex domain. IEEE Signal Processing Letters 11(6), 2004. As Essentia's OnsetDetection, method "complex", and, bin by
bin, as its OnsetDetectionGlobal, method "beat_emphasis".
"""

from __future__ import annotations

import numpy as np

from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.spectrum import Floats

_FAINT = np.float32(1e-15)
"""Below it squares come close to the smallest number of single precision, and are taken of the bin times 1e20."""
_LIFT = np.float32(1e20)
_LEAST = np.float32(1e-37)
"""Of processors some take the reciprocal root of a smaller number, which is not normal, for infinite."""
_ONE = np.float32(1)
_STEADY = np.float32(1)
_MIRRORED = np.float32(-1)


class _Prediction:
    """What a sequence of spectra leaves behind: the last magnitudes and the last two phasors, shape (bins,)."""

    def __init__(self, bins: int) -> None:
        # Essentia starts at phase zero of a frame rotated by half its length (zero-phase windowing): in the phases
        # of the frame as it is, bin k of that start is turned by k half-circles.
        self._phase_zero = np.where(np.arange(bins) % 2, -1, 1).astype(np.float32)
        zeros = np.zeros(bins, np.float32)
        self._magnitude = zeros.copy()
        self._last = self._phase_zero.copy(), zeros.copy()
        self._before = self._phase_zero.copy(), zeros.copy()


class ComplexDifference(_Prediction):
    """Compares each spectrum of a sequence with what steady tones would make of the two before it."""

    def __call__(self, spectra: Floats) -> Floats:
        """From complex spectra, float32, shape (frames, 2 · bins), to float32, shape (frames,), never negative.

        The unit is that of the spectra. Real and imaginary parts come in turn.
        """
        return _distances(spectra, self._magnitude, *self._last, *self._before, self._phase_zero)


class MirroredComplexDifference(_Prediction):
    """Compares each bin with a prediction whose older phase has the wrong sign, as Essentia's beat emphasis has it.

    It adds the phase before the last to twice the last, where the papers subtract it.
    """

    def __call__(self, spectra: Floats) -> Floats:
        """From complex spectra, float32, shape (frames, 2 · bins), to the squares: float32, shape (frames, bins).

        The unit is the square of that of the spectra. Real and imaginary parts come in turn.
        """
        return _squares(spectra, self._magnitude, *self._last, *self._before, self._phase_zero)


@compiled
def _distances(
    spectra: Floats,
    magnitude: Floats,
    last_re: Floats,
    last_im: Floats,
    before_re: Floats,
    before_im: Floats,
    phase_zero: Floats,
) -> Floats:
    """Distance of each spectrum from its prediction, summed over the bins. What is predicted from is updated."""
    onsets = np.empty(len(spectra), np.float32)
    squares = np.empty(magnitude.size, np.float32)
    for frame in range(len(spectra)):
        spectrum = spectra[frame]
        _compare(spectrum, magnitude, last_re, last_im, before_re, before_im, _STEADY, squares)
        _lift(spectrum, magnitude, last_re, last_im, phase_zero)
        total = np.float32(0)
        for square in squares:
            total += np.sqrt(square)
        onsets[frame] = total
    return onsets


@compiled
def _squares(
    spectra: Floats,
    magnitude: Floats,
    last_re: Floats,
    last_im: Floats,
    before_re: Floats,
    before_im: Floats,
    phase_zero: Floats,
) -> Floats:
    squares = np.empty((len(spectra), magnitude.size), np.float32)
    for frame in range(len(spectra)):
        spectrum = spectra[frame]
        _compare(spectrum, magnitude, last_re, last_im, before_re, before_im, _MIRRORED, squares[frame])
        _lift(spectrum, magnitude, last_re, last_im, phase_zero)
    return squares


@compiled
def _compare(
    spectrum: Floats,
    magnitude: Floats,
    last_re: Floats,
    last_im: Floats,
    before_re: Floats,
    before_im: Floats,
    sign: np.float32,
    squares: Floats,
) -> None:
    """One frame. Turning it back by the phase that the last two predict leaves the prediction real: no arc tangent.

    Straight lines in single precision, which the compiler turns into vector instructions; one branch or one double
    would make it four times slower.
    """
    for k in range(magnitude.size):
        re, im = spectrum[2 * k], spectrum[2 * k + 1]
        size = np.sqrt(re * re + im * im)
        a, b, c, d = last_re[k], last_im[k], before_re[k], sign * before_im[k]
        # turn = before · conj(last)²
        x, y = a * a - b * b, a * b + a * b
        turn_re, turn_im = c * x + d * y, d * x - c * y
        real = magnitude[k] - (re * turn_re - im * turn_im)
        imag = re * turn_im + im * turn_re
        squares[k] = real * real + imag * imag
        magnitude[k] = size
        before_re[k], before_im[k] = a, b
        scale = _ONE / max(size, _FAINT)
        last_re[k], last_im[k] = re * scale, im * scale


@compiled
def _lift(spectrum: Floats, magnitude: Floats, last_re: Floats, last_im: Floats, phase_zero: Floats) -> None:
    """Compute the phasors of faint bins once more, with care."""
    faintest = magnitude[0]
    for value in magnitude:
        faintest = min(faintest, value)
    if faintest < _FAINT:
        for k in range(magnitude.size):
            if magnitude[k] < _FAINT:
                re, im = spectrum[2 * k] * _LIFT, spectrum[2 * k + 1] * _LIFT
                power = re * re + im * im
                size = np.sqrt(power)
                last_re[k] = re / size if power > _LEAST else phase_zero[k]
                last_im[k] = im / size if power > _LEAST else np.float32(0)
