from __future__ import annotations

from tonearm.algorithms.essentia import Algorithm
from tonearm.features import Block
from tonearm.model import Parameters, Result, quantity
from tonearm.model.whole_signal import WholeSignal, is_silent


class BpmMultifeatureResult(Result):
    bpm: float = quantity("bpm", "tempo of the whole track; 0 if fewer than two beats are found", low=0)
    confidence: float = quantity(
        "1",
        "agreement of the five beat trackers, 0 to 5.32: above 1.5 the beats are reliable, above 3.5 highly so",
        low=0,
        high=5.32,
    )
    beat_positions: list[float] = quantity("s", "time of each beat from the start of the audio", low=0)


class BpmMultifeature(WholeSignal[Parameters]):
    name = "bpm_multifeature"
    title = "Tempo and beats, with confidence"
    group = "tempo and rhythm"
    longest = 15
    description = (
        "Tempo and beat positions from the agreement of five beat trackers, with a confidence: Essentia's "
        "RhythmExtractor2013, method multifeature, 40 to 208 bpm. More accurate and several times slower than "
        f"bpm_degara. Computed at the end of the audio, which may last at most {longest} minutes."
    )
    citation = (
        "J. R. Zapata, M. E. P. Davies, E. Gómez: Multi-feature beat tracking. "
        "IEEE/ACM Transactions on Audio, Speech, and Language Processing 22(4), 2014."
    )
    licence = "AGPL-3.0-or-later"
    requires = ("essentia",)
    result = BpmMultifeatureResult

    def analyse(self, signal: Block) -> BpmMultifeatureResult:
        # In silence Essentia finds a beat in every other frame.
        if is_silent(signal):
            return BpmMultifeatureResult(bpm=0, confidence=0, beat_positions=[])
        bpm, beats, confidence, _, _ = Algorithm("RhythmExtractor2013", method="multifeature")(signal)
        return BpmMultifeatureResult(bpm=bpm, confidence=confidence, beat_positions=beats.tolist())
