"""The strongest periodicity of each moment, as Essentia's PercivalBpmEstimator finds it, in batches.

G. Percival, G. Tzanetakis: Streamlined tempo estimation based on autocorrelation and cross-correlation with pulses.
IEEE/ACM Transactions on Audio, Speech, and Language Processing 22(12), 2014. With the generalized autocorrelation of
T. Tolonen, M. Karjalainen: A computationally efficient multipitch analysis model. IEEE Transactions on Speech and Audio
Processing 8(6), 2000.

The paper lets pulse trains choose among ten lags. Essentia divides their scores by zero, so that they are all infinite
and the first lag, the strongest, is chosen, whatever the pulse trains say: here they are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.algorithms.compiled import compiled, compiled_strictly
from tonearm.algorithms.spectrum import complex_spectra
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import Framer
from tonearm.features.onset_strength import OnsetStrength

_FRAME, _HOP = 2048, 128
_SHORTEST, _LONGEST = 98, 413
"""210 and 50 bpm."""


@dataclass(frozen=True)
class TempoLags(Feature):
    """float32, shape (frames,): the lag of each 5.9 s, every 0.37 s, in whole onset strength values.

    From 98 to 413, of 44100 ÷ 128 values per second: 210 to 50 bpm. -1 where there is none.
    """

    @property
    def source(self) -> Feature:
        return OnsetStrength()

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Lags()


class _Lags(Extractor):
    def __init__(self) -> None:
        self._framer = Framer(np.ones(_FRAME, np.float32), _HOP, centred=False)

    def feed(self, block: Block) -> Block:
        return self._find(self._framer.feed(block))

    def finish(self) -> Block:
        return self._find(self._framer.finish())

    def _find(self, frames: Block) -> Block:
        roots = _roots(complex_spectra(frames, 2 * _FRAME))
        # Deferred: only models with spectra need SciPy's transforms.
        from scipy.fft import irfft

        return _strongest(irfft(roots, axis=1, norm="forward"))


@compiled
def _roots(spectra: Block) -> Block:
    """The square root of the magnitude of each bin: from complex spectra, (frames, 2 · bins), to (frames, bins)."""
    roots = np.empty((spectra.shape[0], spectra.shape[1] // 2), np.float32)
    scale = np.float32(1 / (2 * _FRAME))
    for frame in range(roots.shape[0]):
        for k in range(roots.shape[1]):
            re, im = spectra[frame, 2 * k] * scale, spectra[frame, 2 * k + 1] * scale
            roots[frame, k] = np.sqrt(np.sqrt(re * re + im * im))
    return roots


@compiled_strictly
def _strongest(correlations: Block) -> Block:
    """Where each autocorrelation, added up with itself at twice and four times the lag, has its highest peak."""
    lags = np.empty(len(correlations), np.float32)
    enhanced = np.empty(_FRAME // 4, np.float32)
    for frame in range(len(correlations)):
        correlation = correlations[frame]
        for i in range(enhanced.size):
            enhanced[i] = correlation[i] + (correlation[2 * i] + correlation[4 * i])
        lags[frame] = _highest_peak(enhanced)
    return lags


@compiled_strictly
def _highest_peak(values: Block) -> np.float32:
    """The place of the parabola through the highest peak, rounded; of a plateau its middle; -1 if there is no peak."""
    highest, place = np.float32(-np.inf), np.float32(-1)
    if values[_SHORTEST] > values[_SHORTEST + 1]:
        highest, place = values[_SHORTEST], np.float32(_SHORTEST)
    begin = _SHORTEST
    while begin <= _LONGEST:
        end = begin
        while values[end + 1] == values[begin] and end <= _LONGEST:
            end += 1
        if values[begin - 1] < values[begin] > values[end + 1] and begin > _SHORTEST:
            height, top = values[begin], np.float32((begin + end) / 2)
            if begin == end:
                left, right = values[begin - 1], values[begin + 1]
                shift = np.float32(0.5 * ((left - right) / (left - 2 * height + right)))
                top = np.float32(begin) + shift
                height = np.float32(height - 0.25 * (left - right) * shift)
            if top <= _LONGEST and height > highest:
                highest, place = height, top
        begin = end + 1
    return np.float32(np.floor(place + np.float32(0.5)))
