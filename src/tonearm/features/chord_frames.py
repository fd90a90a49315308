"""The chord of each frame of a constant-Q transform."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.algorithms.constant_q_tuning import cents_of, tuning_vector
from tonearm.algorithms.harmony.chroma import loudness_of
from tonearm.algorithms.harmony.decoding import decoded
from tonearm.algorithms.stretches import Stretch, Stretches
from tonearm.audio.pcm import PcmFormat
from tonearm.features.constant_q import KEYCNN_CQT, KEYCNN_RATE
from tonearm.features.feature import Block, Extractor, Feature

_STRETCH, _AROUND = 90, 15
"""Seconds that are decided at a time, and heard around them."""


@dataclass(frozen=True)
class ChordFrames(Feature):
    """float32, shape (frames, 2): the number of the chord in `vocabulary`, and how likely it is, 0 to 1.

    The frames are those of KEYCNN_CQT, 5.4 Hz. They come 90 s at a time, tuned as the music is until then.
    """

    @property
    def source(self) -> Feature:
        return KEYCNN_CQT

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Decoder()


class _Decoder(Extractor):
    def __init__(self) -> None:
        self._stretches = Stretches(round(_STRETCH * KEYCNN_RATE), round(_AROUND * KEYCNN_RATE))
        self._tuning = np.zeros(2)
        self._loudness = 0.0

    def feed(self, block: Block) -> Block:
        return _joined([self._decide(stretch) for stretch in self._stretches.add(block)])

    def finish(self) -> Block:
        return _joined([self._decide(stretch) for stretch in self._stretches.finish()])

    def _decide(self, stretch: Stretch) -> Block:
        new = slice(stretch.begin, stretch.end)
        self._tuning += tuning_vector(stretch.frames[new])
        self._loudness = max(self._loudness, loudness_of(stretch.frames))
        path, probabilities = decoded(stretch.frames, cents_of(self._tuning) or 0, self._loudness)
        return np.stack((path[new], probabilities[new]), axis=1, dtype=np.float32, casting="unsafe")


def _joined(blocks: list[Block]) -> Block:
    return np.concatenate([np.empty((0, 2), np.float32), *blocks])
