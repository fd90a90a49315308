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
    """float32, shape (n,): mono at 44.1 kHz through the filter of the ReplayGain 1.0 specification."""

    @property
    def source(self) -> Feature:
        return Mono(ANALYSIS_RATE)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Filter()


class _Filter(Extractor):
    """Essentia's filter keeps its state from one call to the next: blocks give the very samples of the whole signal."""

    def __init__(self) -> None:
        self._filter = Algorithm("EqualLoudness", sampleRate=ANALYSIS_RATE)

    def feed(self, block: Block) -> Block:
        filtered: Block = self._filter(block)
        return filtered

    def finish(self) -> Block:
        return np.empty(0, np.float32)
