"""The onset strength signal of Percival and Tzanetakis, as Essentia's PercivalBpmEstimator has it, in batches.

G. Percival, G. Tzanetakis: Streamlined tempo estimation based on autocorrelation and cross-correlation with pulses.
IEEE/ACM Transactions on Audio, Speech, and Language Processing 22(12), 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.algorithms.compiled import compiled, compiled_strictly
from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.algorithms.spectrum import complex_spectra
from tonearm.algorithms.windows import hamming
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import Framer
from tonearm.features.mono import Mono

_FRAME, _HOP = 1024, 128
_PART = 1 << 15
"""Samples whose spectra fit the cache: with this overlap they are eight times as much."""
_NONE = np.empty(0, np.float32)
_COMPRESSION = np.float32(1000)
_FACTORS = 16
"""So many factors of the greatest number that has a square in single precision have a product in double precision."""
_LOW_PASS = np.array(
    [0.00933978, 0.01521148, 0.03163891, 0.05607187, 0.08390299, 0.10948195, 0.12742038, 0.13386527], np.float32
)
_LOW_PASS = np.concatenate((_LOW_PASS, _LOW_PASS[-2::-1]))
"""15 taps, from 7 Hz."""


@dataclass(frozen=True)
class OnsetStrength(Feature):
    """float32, shape (n,), one value every 128 samples at 44.1 kHz; dimensionless, never negative.

    The rise of the logarithm of each bin of whole Hamming frames of 1024 samples, summed and low-pass filtered.
    """

    @property
    def source(self) -> Feature:
        return Mono(ANALYSIS_RATE)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Strength()


class _Strength(Extractor):
    def __init__(self) -> None:
        self._framer = Framer(hamming(_FRAME).astype(np.float32), _HOP, centred=False)
        self._samples = 0
        self._last = np.ones(_FRAME // 2 + 1, np.float32)
        self._rises = np.zeros(len(_LOW_PASS) - 1, np.float32)

    def feed(self, block: Block) -> Block:
        self._samples += len(block)
        parts = (block[begin : begin + _PART] for begin in range(0, len(block), _PART))
        return np.concatenate([_NONE, *(self._strength(self._framer.feed(part)) for part in parts)])

    def finish(self) -> Block:
        frames = self._framer.finish()
        whole = self._samples >= _FRAME and (self._samples - _FRAME) % _HOP == 0
        return self._strength(frames if whole else frames[:-1])

    def _strength(self, frames: Block) -> Block:
        rises = _rises(complex_spectra(frames, _FRAME), self._last)
        self._rises = np.concatenate((self._rises, rises))
        filtered = _filtered(self._rises, _LOW_PASS)
        self._rises = self._rises[len(filtered) :]
        return filtered


@compiled
def _rises(spectra: Block, last: Block) -> Block:
    """The sum over the bins of how far log(1 + 1000 · magnitude ÷ size) has risen since the frame before.

    `last`, shape (bins,), is the argument of the logarithm in that frame, updated in place. The logarithm is of
    products of quotients: one for 16 bins.
    """
    rises = np.empty(len(spectra), np.float32)
    quotients = np.empty(last.size, np.float32)
    scale = _COMPRESSION / np.float32(_FRAME)
    for frame in range(len(spectra)):
        spectrum = spectra[frame]
        for k in range(last.size):
            re, im = spectrum[2 * k], spectrum[2 * k + 1]
            level = np.float32(1) + scale * np.sqrt(re * re + im * im)
            quotients[k] = max(level / last[k], np.float32(1))
            last[k] = level
        rises[frame] = _sum_of_logarithms(quotients)
    return rises


@compiled
def _sum_of_logarithms(values: Block) -> float:
    total = 0.0
    for begin in range(0, values.size, _FACTORS):
        product = 1.0
        for value in values[begin : begin + _FACTORS]:
            product *= value
        total += np.log(product)
    return total


@compiled_strictly
def _filtered(values: Block, taps: Block) -> Block:
    """A symmetric filter, which adds up from the oldest value on, as Essentia does: shape (n,) to (n - taps + 1,)."""
    filtered = np.empty(max(0, values.size - taps.size + 1), np.float32)
    for i in range(filtered.size):
        total = np.float32(0)
        for k in range(taps.size):
            total += taps[k] * values[i + k]
        filtered[i] = total
    return filtered
