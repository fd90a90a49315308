from __future__ import annotations

import numpy as np

from tonearm.audio.decode import PcmFormat
from tonearm.essentia import Algorithm
from tonearm.features import ComplexOnsets, Feature
from tonearm.features.feature import Block
from tonearm.features.onsets import HOP, RATE
from tonearm.model import Model, Parameters, Result, quantity

_TOLERANCE = 5.0


class BpmDegaraResult(Result):
    bpm: float = quantity("bpm", "tempo of the whole track; 0 where fewer than two beats were found")
    beat_positions: list[float] = quantity("s", "time of each beat from the start of the audio")


class BpmDegara(Model[Parameters]):
    name = "bpm_degara"
    aliases = ("bpm_essentia",)
    title = "Tempo and beats"
    description = (
        "Tempo and beat positions: Essentia's RhythmExtractor2013, method degara, 40 to 208 bpm. "
        "The onset detection function is computed while the audio arrives; Essentia's TempoTapDegara tracks its beats."
    )
    citation = (
        "N. Degara, E. A. Rúa, A. Pena, S. Torres-Guijarro, M. E. P. Davies, M. D. Plumbley: Reliability-informed beat "
        "tracking of musical signals. IEEE Transactions on Audio, Speech, and Language Processing 20(1), 2012."
    )
    licence = "AGPL-3.0-or-later"
    requires = ("essentia",)
    result = BpmDegaraResult
    features = (ComplexOnsets(),)

    def __init__(self, form: PcmFormat, given: Parameters) -> None:
        super().__init__(form, given)
        self._onsets: list[Block] = []

    def feed(self, feature: Feature, block: Block) -> None:
        self._onsets.append(block)

    def finish(self) -> BpmDegaraResult:
        track = Algorithm("TempoTapDegara", sampleRateODF=RATE / HOP, resample="x2", minTempo=40, maxTempo=208)
        beats = track(np.concatenate(self._onsets)) if self._onsets else np.empty(0, np.float32)
        return BpmDegaraResult(bpm=tempo(beats), beat_positions=beats.tolist())


def tempo(beats: Block) -> float:
    """Tempo in bpm of beats given in seconds, as RhythmExtractor2013 finds it.

    The intervals' tempi are counted in bins of 2 bpm; the mean of those within 5 bpm of the fullest bin is the
    tempo. 0 for fewer than two beats.
    """
    if len(beats) < 2:
        return 0.0
    tempi = np.float32(60) / np.diff(beats.astype(np.float32))
    # Essentia's bincount rounds to the nearest bin.
    fullest = 2.0 * float(np.argmax(np.bincount(np.floor(tempi / 2 + 0.5).astype(np.int64))))
    near = tempi[np.abs(fullest - tempi) < _TOLERANCE]
    return float(near.mean()) if len(near) else fullest
