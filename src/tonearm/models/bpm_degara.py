from __future__ import annotations

import numpy as np

from tonearm.algorithms.rhythm import tempo, track_beats
from tonearm.features import Block, ComplexOnsets, Feature
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

_SILENCE = 0.003
"""Onset detection function of 16 bits of which the lowest is noise."""


class BpmDegaraResult(Result):
    bpm: float = quantity("bpm", "tempo of the whole track; 0 if fewer than two beats are found", low=0)
    beat_positions: list[float] = quantity("s", "time of each beat from the start of the audio", low=0)


class BpmDegara(Model[Parameters]):
    name = "bpm_degara"
    aliases = ("bpm_essentia",)
    title = "Tempo and beats"
    group = "tempo and rhythm"
    description = (
        "Tempo and beat positions: Essentia's RhythmExtractor2013, method degara, 40 to 208 bpm. "
        "The onset detection function is computed while the audio arrives; at its end the beats are tracked. "
        "Silence has no tempo."
    )
    citation = (
        "N. Degara, E. A. Rúa, A. Pena, S. Torres-Guijarro, M. E. P. Davies, M. D. Plumbley: Reliability-informed beat "
        "tracking of musical signals. IEEE Transactions on Audio, Speech, and Language Processing 20(1), 2012."
    )
    licence = "AGPL-3.0-or-later"
    result = BpmDegaraResult
    features = (ComplexOnsets(),)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._onsets: list[Block] = []

    def feed(self, feature: Feature, block: Block) -> None:
        self._onsets.append(block)

    def finish(self) -> BpmDegaraResult:
        onsets = np.concatenate([np.empty(0, np.float32), *self._onsets])
        # In silence Essentia finds beats all the same, as dense as it can.
        if not (onsets > _SILENCE).any():
            return BpmDegaraResult(bpm=0.0, beat_positions=[])
        beats = track_beats(onsets, upsampling=2)
        return BpmDegaraResult(bpm=tempo(beats), beat_positions=beats.tolist())
