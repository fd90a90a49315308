from __future__ import annotations

from tonearm.algorithms.rhythm import TempoVotes
from tonearm.algorithms.silence import Audibility
from tonearm.features import ANALYSIS_RATE, Block, Feature, Mono, TempoLags
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity


class BpmPercivalResult(Result):
    bpm: float = quantity("bpm", "tempo of the whole track; 0 if none is found", low=0, high=210)


class BpmPercival(Model[Parameters]):
    name = "bpm_percival"
    title = "Tempo (Percival)"
    group = "tempo and rhythm"
    description = (
        "One tempo for the whole track, without beats: Essentia's PercivalBpmEstimator with its default settings, 50 "
        "to 210 bpm. Every 0.37 s votes for the strongest lag of an autocorrelation; a decision between octaves "
        "follows. Silence has no tempo."
    )
    citation = (
        "G. Percival, G. Tzanetakis: Streamlined tempo estimation based on autocorrelation and cross-correlation with "
        "pulses. IEEE/ACM Transactions on Audio, Speech, and Language Processing 22(12), 2014."
    )
    licence = "AGPL-3.0-or-later"
    result = BpmPercivalResult
    features = (TempoLags(), Mono(ANALYSIS_RATE))

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._votes = TempoVotes()
        self._audibility = Audibility()

    def feed(self, feature: Feature, block: Block) -> None:
        if feature == Mono(ANALYSIS_RATE):
            self._audibility.feed(block)
        else:
            self._votes.add(block)

    def finish(self) -> BpmPercivalResult:
        return BpmPercivalResult(bpm=0 if self._audibility.silent else self._votes.tempo())
