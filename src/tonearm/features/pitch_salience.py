"""How salient each pitch is over time, as for Essentia's PredominantPitchMelodia."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.algorithms.melody.salience import pitch_saliences
from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.algorithms.spectrum import complex_spectra
from tonearm.algorithms.windows import hann, normalised
from tonearm.audio.pcm import PcmFormat
from tonearm.features.equal_loudness import EqualLoudness
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import Framer

_FRAME, _HOP, _FFT = 2048, 128, 8192
_BATCH = 32
"""Frames that are transformed at once: their spectra stay in the cache."""


@dataclass(frozen=True)
class PitchSalience(Feature):
    """float32, shape (frames, 600), never negative: 55 to 1749 Hz in steps of 10 cents, 344.5 frames per second.

    Hann frames of 2048 samples at 44.1 kHz, after an equal-loudness filter, zero-padded to 8192; hop size 128. Of each
    pitch the sum of its 20 harmonics' magnitudes, weighted by 0.8ⁿ.
    """

    @property
    def source(self) -> Feature:
        return EqualLoudness()

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Salience()


class _Salience(Extractor):
    def __init__(self) -> None:
        self._framer = Framer(normalised(hann(_FRAME)), _HOP, centred=True)
        self._padded = np.zeros((_BATCH, _FFT), np.float32)

    def feed(self, block: Block) -> Block:
        step = _BATCH * _HOP
        parts = [self._describe(self._framer.feed(block[i : i + step])) for i in range(0, len(block), step)]
        return np.concatenate(parts)

    def finish(self) -> Block:
        return self._describe(self._framer.finish())

    def _describe(self, frames: Block) -> Block:
        """From at most _BATCH frames."""
        padded = self._padded[: len(frames)]
        padded[:, :_FRAME] = frames
        # Frames that the transform has to pad take three times as long: in memory that is new each time.
        return pitch_saliences(complex_spectra(padded, _FFT), ANALYSIS_RATE / _FFT)
