from __future__ import annotations

import numpy as np

from tonearm.algorithms.latest import latest
from tonearm.algorithms.rhythm import tempo, track_beats
from tonearm.algorithms.rhythm.beats_so_far import BeatsSoFar
from tonearm.features import ONSET_RATE, Block, ComplexOnsets, Feature
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

_SILENCE = 0.003
"""Onset detection function of 16 bits of which the lowest is noise."""


class BpmDegaraResult(Result):
    bpm: float = quantity("bpm", "tempo of the whole track; 0 if fewer than two beats are found", low=0)
    beat_positions: list[float] = quantity("s", "time of each beat from the start of the audio", low=0)


class BpmDegaraPartial(Result):
    bpm: float = quantity("bpm", "tempo of all beats so far; 0 if there are fewer than two", low=0)
    beat_positions: list[float] = quantity("s", "what is new: beats found in the latest 16 s", low=0)


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
    partial = BpmDegaraPartial
    features = (ComplexOnsets(),)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._onsets: list[Block] = [np.empty(0, np.float32)]
        self._so_far = BeatsSoFar()
        self._told: list[float] = []

    def feed(self, feature: Feature, block: Block) -> None:
        self._onsets.append(block)

    def so_far(self) -> BpmDegaraPartial | None:
        frames = sum(len(block) for block in self._onsets)
        begin = self._so_far.begin(frames / ONSET_RATE)
        if begin is None:
            return None
        first = int(begin * ONSET_RATE)
        onsets = latest(self._onsets, first)
        if not (onsets > _SILENCE).any():
            return None
        beats = (track_beats(onsets, upsampling=2) + first / ONSET_RATE).tolist()
        new = [beats[place] for place in self._so_far.new(beats)]
        self._told += new
        return BpmDegaraPartial(bpm=tempo(np.array(self._told, np.float32)), beat_positions=new)

    def finish(self) -> BpmDegaraResult:
        onsets = np.concatenate(self._onsets)
        # In silence Essentia finds beats all the same, as dense as it can.
        if not (onsets > _SILENCE).any():
            return BpmDegaraResult(bpm=0.0, beat_positions=[])
        beats = track_beats(onsets, upsampling=2)
        return BpmDegaraResult(bpm=tempo(beats), beat_positions=beats.tolist())
