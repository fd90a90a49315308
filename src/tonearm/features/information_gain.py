"""The modified information gain, an onset detection function of Essentia's multifeature beat tracker.

S. Hainsworth, M. Macleod: Onset detection in musical audio signals. International Computer Music Conference, 2003.
As Essentia's OnsetDetectionGlobal, method "infogain".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.algorithms.spectrum import magnitude_spectra
from tonearm.audio.pcm import PcmFormat
from tonearm.features.complex_spectra import ComplexSpectra
from tonearm.features.feature import Block, Extractor, Feature

_FRAME, _HOP = 2048, 512
_FIRST, _END = round(40 * _FRAME / ANALYSIS_RATE), round(5000 * _FRAME / ANALYSIS_RATE) + 1
"""Bins from 40 to 5000 Hz."""
_AROUND = 5
_WEIGHTS = (1 - np.arange(_AROUND) * 0.9 / _AROUND).astype(np.float32)
_EPSILON = np.finfo(np.float32).eps
_MOST = np.float32(1e38)
_FACTORS = 8
"""The product of so many is still a number in double precision."""


@dataclass(frozen=True)
class InformationGain(Feature):
    """float32, shape (frames,): how far five frames exceed the five before them, in octaves of magnitude.

    Summed over the bins from 40 to 5000 Hz that do; never negative. One value every 512 samples at 44.1 kHz, of Hann
    frames of 2048 samples. Each compares its frame and the four before it with the fifth to the ninth before those.
    """

    @property
    def source(self) -> Feature:
        return ComplexSpectra(_FRAME, _HOP)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Gains()


class _Gains(Extractor):
    def __init__(self) -> None:
        self._magnitudes = np.zeros((2 * _AROUND, _END - _FIRST), np.float32)

    def feed(self, block: Block) -> Block:
        magnitudes = magnitude_spectra(np.ascontiguousarray(block[:, 2 * _FIRST : 2 * _END]))
        magnitudes = np.concatenate((self._magnitudes, magnitudes))
        self._magnitudes = magnitudes[-2 * _AROUND :]
        return _gains(magnitudes, _WEIGHTS)

    def finish(self) -> Block:
        return np.empty(0, np.float32)


@compiled
def _gains(magnitudes: Block, weights: Block) -> Block:
    """From magnitudes, shape (10 + frames, bins), to gains, shape (frames,).

    The weights fall with the distance from the middle.
    """
    gains = np.empty(len(magnitudes) - 2 * _AROUND, np.float32)
    bins = magnitudes.shape[1]
    before, after = np.empty(bins, np.float32), np.empty(bins, np.float32)
    for frame in range(gains.size):
        for k in range(bins):
            before[k] = after[k] = 0
        for i in range(_AROUND):
            for k in range(bins):
                before[k] += magnitudes[frame + i, k] * weights[_AROUND - 1 - i]
                after[k] += magnitudes[frame + _AROUND + 1 + i, k] * weights[i]
        gains[frame] = _rise(before, after)
    return gains


@compiled
def _rise(before: Block, after: Block) -> float:
    """The sum of the logarithms of all quotients above one. The logarithm is of products: one for eight bins."""
    for k in range(before.size):
        old = before[k] if before[k] > 0 else np.float32(1)
        new = after[k] if after[k] > 0 else np.float32(_EPSILON)
        before[k] = min(max(new / old, np.float32(1)), _MOST)
    total = 0.0
    for begin in range(0, before.size, _FACTORS):
        product = 1.0
        for quotient in before[begin : begin + _FACTORS]:
            product *= quotient
        total += np.log2(product)
    return total
