"""Harmonic pitch class profiles, as Essentia's KeyExtractor computes them.

E. Gómez: Tonal Description of Polyphonic Audio for Music Content Processing. INFORMS Journal on Computing 18(3), 2006.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.audio.decode import PcmFormat
from tonearm.essentia import algorithm
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import Framer
from tonearm.features.mono import Mono

RATE = 44_100
FRAME = 4096
LOWEST, HIGHEST = 25.0, 3500.0


@dataclass(frozen=True)
class Hpcp(Feature):
    """float32, shape (frames, 12), from A upwards: Hann frames of 4096 samples at 44.1 kHz, without overlap.

    The 60 highest spectral peaks from 25 to 3500 Hz, whitened, four harmonics, cosine weights one semitone wide,
    not normalised.
    """

    @property
    def source(self) -> Feature:
        return Mono(RATE)

    def extractor(self, form: PcmFormat) -> Extractor:
        return _Chroma()


class _Chroma(Extractor):
    def __init__(self) -> None:
        self._framer = Framer(FRAME, FRAME, lead=FRAME // 2)
        self._window = algorithm("Windowing", size=FRAME, type="hann")
        self._spectrum = algorithm("Spectrum", size=FRAME)
        self._peaks = algorithm(
            "SpectralPeaks",
            orderBy="magnitude",
            magnitudeThreshold=0.0001,
            minFrequency=LOWEST,
            maxFrequency=HIGHEST,
            maxPeaks=60,
            sampleRate=RATE,
        )
        self._whiten = algorithm("SpectralWhitening", maxFrequency=HIGHEST, sampleRate=RATE)
        self._hpcp = algorithm(
            "HPCP",
            bandPreset=False,
            harmonics=4,
            maxFrequency=HIGHEST,
            minFrequency=LOWEST,
            nonLinear=False,
            normalized="none",
            referenceFrequency=440,
            sampleRate=RATE,
            size=12,
            weightType="cosine",
            windowSize=1,
            maxShifted=False,
        )

    def feed(self, block: Block) -> Block:
        return self._describe(self._framer.feed(block))

    def finish(self) -> Block:
        return self._describe(self._framer.finish_starting())

    def _describe(self, frames: Block) -> Block:
        # KeyExtractor adds noise at -100 dB to silent frames; it stays below the threshold of the peaks, so it
        # changes nothing and is left out.
        chroma = np.zeros((len(frames), 12), np.float32)
        for row, frame in zip(chroma, frames, strict=True):
            spectrum = self._spectrum(self._window(frame))
            frequencies, magnitudes = self._peaks(spectrum)
            row[:] = self._hpcp(frequencies, self._whiten(spectrum, frequencies, magnitudes))
        return chroma
