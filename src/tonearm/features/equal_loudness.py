"""The signal as the ear weighs it: Essentia's EqualLoudness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.algorithms.essentia import Algorithm
from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.mono import Mono


@dataclass(frozen=True)
class EqualLoudness(Feature):
    """float32, shape (n,), full scale at ±1: mono at 44.1 kHz, filtered as the ReplayGain 1.0 specification says."""

    @property
    def source(self) -> Feature:
        return Mono(ANALYSIS_RATE)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Filter()


class _Filter(Extractor):
    """Essentia's filter keeps its state from one call to the next: blocks give the same samples as the whole signal."""

    def __init__(self) -> None:
        self._filter = Algorithm("EqualLoudness", sampleRate=ANALYSIS_RATE)

    def feed(self, block: Block) -> Block:
        filtered: Block = self._filter(block)
        return filtered

    def finish(self) -> Block:
        return np.empty(0, np.float32)
