"""Complex spectra of overlapping frames, which onset detection functions are made of, in batches."""

from __future__ import annotations

from dataclasses import dataclass

from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.algorithms.windows import hann, normalised
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import Framer
from tonearm.features.mono import Mono
from tonearm.features.spectral import SpectralExtractor


@dataclass(frozen=True)
class ComplexSpectra(Feature):
    """float32, shape (frames, frame + 2): real and imaginary parts in turn; of a full-scale sine about 1 long.

    Of mono at 44.1 kHz in Hann frames. Frame i begins at sample i · hop; the last one is the first that reaches the
    end.
    """

    frame: int
    hop: int

    @property
    def source(self) -> Feature:
        return Mono(ANALYSIS_RATE)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Spectra(Framer(normalised(hann(self.frame)), self.hop, centred=False), self.frame)


class _Spectra(SpectralExtractor):
    def describe(self, spectra: Block) -> Block:
        return spectra
