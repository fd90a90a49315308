"""The onset detection function that beats are tracked in, in batches of frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.algorithms.complex_difference import ComplexDifference
from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.audio.pcm import PcmFormat
from tonearm.features.complex_spectra import ComplexSpectra
from tonearm.features.feature import Block, Extractor, Feature

_FRAME, _HOP = 2048, 1024
ONSET_RATE = ANALYSIS_RATE / _HOP
"""Values of the onset detection function a second."""


@dataclass(frozen=True)
class ComplexOnsets(Feature):
    """The complex spectral difference: float32, shape (frames,), one value every 1024 samples at 44.1 kHz.

    Of Hann frames of 2048 samples, in units of full scale; never negative.
    """

    @property
    def source(self) -> Feature:
        return ComplexSpectra(_FRAME, _HOP)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Onsets()


class _Onsets(Extractor):
    def __init__(self) -> None:
        self._difference = ComplexDifference(_FRAME // 2 + 1)

    def feed(self, block: Block) -> Block:
        return self._difference(block)

    def finish(self) -> Block:
        return np.empty(0, np.float32)
