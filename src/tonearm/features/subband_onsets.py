"""Onset detection functions of subbands, of which Essentia's multifeature beat tracker emphasises those with a beat.

M. E. P. Davies, M. D. Plumbley, D. Eck: Towards a musical beat emphasis function. IEEE Workshop on Applications of
Signal Processing to Audio and Acoustics, 2009. As Essentia's OnsetDetectionGlobal, method "beat_emphasis".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.algorithms.complex_difference import MirroredComplexDifference
from tonearm.algorithms.erb import gammatone_filterbank
from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.audio.pcm import PcmFormat
from tonearm.features.complex_spectra import ComplexSpectra
from tonearm.features.feature import Block, Extractor, Feature

_FRAME, _HOP = 2048, 512
_BANDS, _LOWEST = 40, 80.0


@dataclass(frozen=True)
class SubbandOnsets(Feature):
    """float32, shape (frames, 40): the squared complex spectral difference in gammatone bands from 80 Hz upwards.

    One row every 512 samples at 44.1 kHz, of Hann frames of 2048 samples; each band has a unit of its own; never
    negative.
    """

    @property
    def source(self) -> Feature:
        return ComplexSpectra(_FRAME, _HOP)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Subbands()


class _Subbands(Extractor):
    def __init__(self) -> None:
        self._difference = MirroredComplexDifference(_FRAME // 2 + 1)
        filterbank = gammatone_filterbank(
            rate=ANALYSIS_RATE, fft=_FRAME, bands=_BANDS, low=_LOWEST, high=ANALYSIS_RATE / 2
        )
        self._weights = np.ascontiguousarray(filterbank.T)

    def feed(self, block: Block) -> Block:
        return self._difference(block) @ self._weights

    def finish(self) -> Block:
        return np.empty((0, _BANDS), np.float32)
