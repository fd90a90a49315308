"""How salient each pitch is over time, as for Essentia's PredominantPitchMelodia."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from tonearm.algorithms.melody.salience import BINS, pitch_saliences
from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.algorithms.spectrum import complex_spectra
from tonearm.algorithms.windows import hann, normalised
from tonearm.audio.pcm import PcmFormat
from tonearm.features.equal_loudness import EqualLoudness
from tonearm.features.feature import Block, DivisibleExtractor, Extractor, Feature
from tonearm.features.frames import Framer

_FRAME, _HOP, _FFT = 2048, 128, 8192
_BATCH = 32
"""Frames that are transformed at once: their spectra stay in the cache."""
_BATCHES = 4
"""In one part of the work on a block, which takes some milliseconds."""


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


class _Salience(DivisibleExtractor):
    def __init__(self) -> None:
        self._framer = Framer(normalised(hann(_FRAME)), _HOP, centred=True)

    def divide(self, block: Block) -> list[Callable[[], Block]]:
        batches = self._framer.feed_in_parts(block, _BATCH)
        return [partial(_describe, batches[i : i + _BATCHES]) for i in range(0, max(1, len(batches)), _BATCHES)]

    def finish(self) -> Block:
        return _describe([self._framer.finish])


def _describe(batches: Sequence[Callable[[], Block]]) -> Block:
    padded = np.zeros((_BATCH, _FFT), np.float32)
    found = [np.empty((0, BINS), np.float32)]
    for batch in batches:
        frames = batch()
        padded[: len(frames), :_FRAME] = frames
        # Frames that the transform has to pad take three times as long: in memory that is new each time.
        found.append(pitch_saliences(complex_spectra(padded[: len(frames)], _FFT), ANALYSIS_RATE / _FFT))
    return np.concatenate(found)
