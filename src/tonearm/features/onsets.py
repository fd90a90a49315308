"""The complex spectral difference onset detection function.

J. P. Bello, C. Duxbury, M. Davies, M. Sandler: On the use of phase and energy for musical onset detection in the
complex domain. IEEE Signal Processing Letters 11(6), 2004. Computed in batches, as Essentia's OnsetDetection (method
"complex") does on Hann frames of 2048 samples, hop size 1024.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from tonearm.audio.decode import PcmFormat
from tonearm.features.compiled import compiled
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import Framer
from tonearm.features.mono import Mono

RATE = 44_100
FRAME = 2048
HOP = 1024
_FAINT = np.float32(1e-15)
"""Below it squares come close to the smallest number of single precision, and are taken of the bin times 1e20."""
_LIFT = np.float32(1e20)


Spectra = NDArray[np.complexfloating[Any, Any]]


@dataclass(frozen=True)
class ComplexOnsets(Feature):
    """float32, shape (frames,): one value each 1024 samples at 44.1 kHz, never negative."""

    @property
    def source(self) -> Feature:
        return Mono(RATE)

    def extractor(self, form: PcmFormat) -> Extractor:
        return _ComplexDifference()


class _ComplexDifference(Extractor):
    def __init__(self) -> None:
        self._framer = Framer(FRAME, HOP, lead=0)
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / (FRAME - 1))
        self._window = (hann * 2 / hann.sum()).astype(np.float32)
        bins = FRAME // 2 + 1
        self._magnitude = np.zeros(bins, np.float32)
        # Essentia starts at phase zero of a frame rotated by half its length (zero-phase windowing): in the phases
        # of the frame as it is, bin k of that start is turned by k half-circles.
        self._phase_zero = np.where(np.arange(bins) % 2, -1, 1).astype(np.complex64)
        self._phasor = self._phase_zero.copy()
        self._phasor_before = self._phase_zero.copy()

    def feed(self, block: Block) -> Block:
        return self._detect(self._framer.feed(block))

    def finish(self) -> Block:
        return self._detect(self._framer.finish_covering())

    def _detect(self, frames: Block) -> Block:
        if not len(frames):
            return np.empty(0, np.float32)
        spectra = scipy.fft.rfft(frames * self._window, axis=1, overwrite_x=True)
        return _distances(spectra, self._magnitude, self._phasor, self._phasor_before, self._phase_zero)


@compiled
def _distances(
    spectra: Spectra, magnitude: Block, phasor: Spectra, phasor_before: Spectra, phase_zero: Spectra
) -> Block:
    """Distance of each spectrum from the one that steady tones would have made, summed over the bins.

    The last magnitude and the last two phasors, shape (bins,), are the state, updated in place. Turning the
    spectrum back by the predicted phase leaves the prediction real: no arc tangent is needed.
    """
    frames, bins = spectra.shape
    onsets = np.empty(frames, np.float32)
    for frame in range(frames):
        total = np.float32(0)
        for k in range(bins):
            re, im = spectra[frame, k].real, spectra[frame, k].imag
            size = np.sqrt(re * re + im * im)
            a, b = phasor[k].real, phasor[k].imag
            c, d = phasor_before[k].real, phasor_before[k].imag
            # turn = phasor_before · conj(phasor)²
            x, y = a * a - b * b, -2 * a * b
            turn_re, turn_im = c * x - d * y, c * y + d * x
            real = magnitude[k] - (re * turn_re - im * turn_im)
            imag = re * turn_im + im * turn_re
            total += np.sqrt(real * real + imag * imag)
            phasor_before[k] = phasor[k]
            magnitude[k] = size
            if size < _FAINT:
                re, im = re * _LIFT, im * _LIFT
                size = np.sqrt(re * re + im * im)
            if size > 0:
                phasor[k] = complex(re / size, im / size)
            else:
                phasor[k] = phase_zero[k]
        onsets[frame] = total
    return onsets
