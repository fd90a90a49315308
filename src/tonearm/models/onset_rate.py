from __future__ import annotations

import numpy as np

from tonearm.algorithms.rhythm import find_onsets
from tonearm.features import ANALYSIS_RATE, Block, Feature, Mono, OnsetDetectionFunctions
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity


class OnsetRateResult(Result):
    onset_rate: float = quantity("1/s", "onsets per second of the track", low=0)
    onsets: list[float] = quantity("s", "time of each onset from the start of the audio", low=0)


class OnsetRate(Model[Parameters]):
    name = "onset_rate"
    title = "Onsets"
    group = "tempo and rhythm"
    description = (
        "When notes and beats set in, and how many do per second: Essentia's OnsetRate. The common peaks of high "
        "frequency content and complex difference of Hann frames of 1024 samples, hop size 512, of the mean of the "
        "channels at 44.1 kHz."
    )
    citation = (
        "P. Brossier, J. P. Bello, M. D. Plumbley: Fast labelling of notes in music signals. ISMIR, 2004. "
        "J. P. Bello, C. Duxbury, M. Davies, M. Sandler: On the use of phase and energy for musical onset detection "
        "in the complex domain. IEEE Signal Processing Letters 11(6), 2004."
    )
    licence = "AGPL-3.0-or-later"
    result = OnsetRateResult
    features = (OnsetDetectionFunctions(), Mono(ANALYSIS_RATE))

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._functions: list[Block] = []
        self._samples = 0

    def feed(self, feature: Feature, block: Block) -> None:
        if feature == Mono(ANALYSIS_RATE):
            self._samples += len(block)
        else:
            self._functions.append(block)

    def finish(self) -> OnsetRateResult:
        if not self._functions:
            return OnsetRateResult(onset_rate=0, onsets=[])
        onsets = find_onsets(np.concatenate(self._functions))
        return OnsetRateResult(onset_rate=len(onsets) * ANALYSIS_RATE / self._samples, onsets=onsets.tolist())
