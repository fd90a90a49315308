"""The onset detection function that beats are tracked in, in batches of frames."""

from __future__ import annotations

from dataclasses import dataclass

from tonearm.algorithms.complex_difference import ComplexDifference
from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.algorithms.windows import hann, normalised
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import Framer
from tonearm.features.mono import Mono
from tonearm.features.spectral import SpectralExtractor

_FRAME, _HOP = 2048, 1024


@dataclass(frozen=True)
class ComplexOnsets(Feature):
    """The complex spectral difference: float32, shape (frames,), one value every 1024 samples at 44.1 kHz.

    Of Hann frames of 2048 samples, in units of full scale; never negative.
    """

    @property
    def source(self) -> Feature:
        return Mono(ANALYSIS_RATE)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Onsets()


class _Onsets(SpectralExtractor):
    def __init__(self) -> None:
        super().__init__(Framer(normalised(hann(_FRAME)), _HOP, centred=False), _FRAME)
        self._difference = ComplexDifference(_FRAME // 2 + 1)

    def describe(self, spectra: Block) -> Block:
        return self._difference(spectra)
