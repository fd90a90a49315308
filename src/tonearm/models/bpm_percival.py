from __future__ import annotations

from tonearm.algorithms.essentia import Algorithm
from tonearm.features import Block
from tonearm.model import Parameters, Result, quantity
from tonearm.model.whole_signal import WholeSignal, is_silent


class BpmPercivalResult(Result):
    bpm: float = quantity("bpm", "tempo of the whole track; 0 if none is found", low=0, high=210)


class BpmPercival(WholeSignal[Parameters]):
    name = "bpm_percival"
    title = "Tempo (Percival)"
    group = "tempo and rhythm"
    longest = 30
    description = (
        "One tempo for the whole track, without beats: Essentia's PercivalBpmEstimator with its default settings, 50 "
        "to 210 bpm, by autocorrelation, pulse trains and a decision between octaves. Computed at the end of the "
        f"audio, which may last at most {longest} minutes."
    )
    citation = (
        "G. Percival, G. Tzanetakis: Streamlined tempo estimation based on autocorrelation and cross-correlation with "
        "pulses. IEEE/ACM Transactions on Audio, Speech, and Language Processing 22(12), 2014."
    )
    licence = "AGPL-3.0-or-later"
    requires = ("essentia",)
    result = BpmPercivalResult

    def analyse(self, signal: Block) -> BpmPercivalResult:
        return BpmPercivalResult(bpm=0 if is_silent(signal) else Algorithm("PercivalBpmEstimator")(signal))
