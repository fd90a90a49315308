"""Magnitude spectra of overlapping frames, in batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.algorithms.spectrum import magnitude_spectra
from tonearm.algorithms.windows import blackman_harris_62, hann, normalised
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import Framer
from tonearm.features.mono import Mono
from tonearm.features.spectral import SpectralExtractor

_WINDOWS = {"hann": hann, "blackmanharris62": blackman_harris_62}


@dataclass(frozen=True)
class Spectra(Feature):
    """float32, shape (frames, frame // 2 + 1), never negative: mono at 44.1 kHz, a full-scale sine has about 1.

    Frame i is centred at sample i · hop and windowed as Essentia's Windowing does; every frame that starts before the
    end is there, as Essentia's FrameGenerator has them.
    """

    frame: int
    hop: int
    window: Literal["hann", "blackmanharris62"]

    @property
    def source(self) -> Feature:
        return Mono(ANALYSIS_RATE)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Magnitudes(Framer(normalised(_WINDOWS[self.window](self.frame)), self.hop, centred=True), self.frame)


class _Magnitudes(SpectralExtractor):
    def describe(self, spectra: Block) -> Block:
        return magnitude_spectra(spectra)
