from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from tonearm.algorithms.quarter_tones import quarter_tones
from tonearm.algorithms.similarity.dynamics import DynamicsStatistics
from tonearm.algorithms.similarity.harmony import HarmonyStatistics
from tonearm.algorithms.similarity.projection import DIMENSIONS, projected
from tonearm.algorithms.similarity.rhythm import RhythmStatistics
from tonearm.algorithms.similarity.timbre import TimbreStatistics
from tonearm.features import Block, Feature
from tonearm.features.constant_q import KEYCNN_CQT, of_sine
from tonearm.features.mel import SIMILARITY_MEL
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

_SILENCE = 10 ** (-80 / 20)
"""Of a full-scale sine."""
_SHORTEST = 3.0
_FEWEST = round(_SHORTEST * SIMILARITY_MEL.rate / SIMILARITY_MEL.hop)


class EmbeddingResult(Result):
    embedding: list[float] | None = quantity(
        "1", f"{DIMENSIONS} values whose squares add up to 1; null for silence and very short sound", -1, 1, decimals=5
    )
    reason: str | None = Field(description="why there is no embedding")


class Embedding(Model[Parameters]):
    name = "embedding"
    title = "Embedding (what it sounds like)"
    group = "embeddings"
    description = (
        f"{DIMENSIONS} values to compare tracks by: the cosine of the angle between two vectors says how similar they "
        "sound. Of timbre, rhythm, harmony and dynamics of all that is not silent, whatever the level, the key, the "
        "tuning, the channels, and, from 22,050 Hz on, the sample rate and the codec. At least 3 s of sound. "
        "It is made of cepstra, fluctuation patterns, transforms of pitch classes and quantiles of levels, in a space "
        "in which parts of one recording lie together and other recordings apart. Vectors of another version cannot be "
        "compared with these."
    )
    citation = (
        "E. Pampalk: Computational models of music similarity and their application in music information retrieval. "
        "Thesis, TU Wien, 2006. B. Logan, A. Salomon: A music similarity function based on signal analysis. ICME 2001."
    )
    licence = "AGPL-3.0-or-later"
    result = EmbeddingResult
    features = (SIMILARITY_MEL, KEYCNN_CQT)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._quietest = (_SILENCE * SIMILARITY_MEL.frame / 4) ** 2
        self._thresholds = of_sine(KEYCNN_CQT, _SILENCE)
        self._timbre = TimbreStatistics(SIMILARITY_MEL.bands)
        self._rhythm = RhythmStatistics()
        self._dynamics = DynamicsStatistics()
        self._harmony = HarmonyStatistics()
        self._frames = 0

    def feed(self, feature: Feature, block: Block) -> None:
        if feature == KEYCNN_CQT:
            tones = quarter_tones(block, self._thresholds)
            heard = tones.any(axis=1)
            self._harmony.add(tones[heard], block[heard])
            return
        powers = block[block.sum(axis=1) > self._quietest]
        if len(powers):
            self._frames += len(powers)
            self._timbre.add(powers)
            self._rhythm.add(powers)
            self._dynamics.add(powers.sum(axis=1))

    def finish(self) -> EmbeddingResult:
        if reason := self.lack():
            return EmbeddingResult(embedding=None, reason=reason)
        return EmbeddingResult(embedding=[float(value) for value in projected(self.statistics())], reason=None)

    def lack(self) -> str | None:
        """Why it cannot be described; None if it can."""
        if not self._frames:
            return "It is silent."
        return None if self._frames >= _FEWEST else f"It has less than {_SHORTEST:.0f} s of sound."

    def statistics(self) -> NDArray[np.float64]:
        """What the vector is made of, shape (219,)."""
        parts = (self._timbre, self._rhythm, self._dynamics, self._harmony)
        return np.concatenate([part.description() for part in parts])
