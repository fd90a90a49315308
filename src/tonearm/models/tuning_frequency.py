from __future__ import annotations

from tonearm.algorithms.tuning import TuningHistogram, frequency_of
from tonearm.features import ANALYSIS_RATE, Block, Feature, Spectra
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

_FRAME = 4096


class TuningFrequencyResult(Result):
    frequency: float = quantity("Hz", "what A4 is tuned to; 440 if there are no tones", low=431, high=457)
    cents: float = quantity("cent", "deviation from 440 Hz, -35 to 65, in steps of 1", low=-35, high=65)


class TuningFrequency(Model[Parameters]):
    name = "tuning_frequency"
    title = "Tuning"
    group = "key and harmony"
    description = (
        "The frequency that the music is tuned to, assuming equal temperament: Essentia's TuningFrequency of the "
        "spectral peaks of 40 to 5000 Hz above -100 dB in frames of 4096 samples, hop size 2048, at 44.1 kHz, as in "
        "its TuningFrequencyExtractor. A bass drum louder than everything else misleads it: the result is then "
        "434.19 Hz, the pitch of the lowest bin."
    )
    citation = "E. Gómez: Key estimation from polyphonic audio. Music Information Retrieval Evaluation Exchange, 2005."
    licence = "AGPL-3.0-or-later"
    result = TuningFrequencyResult
    features = (Spectra(_FRAME, 2048, "blackmanharris62"),)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._histogram = TuningHistogram(ANALYSIS_RATE / _FRAME)

    def feed(self, feature: Feature, block: Block) -> None:
        self._histogram.add(block)

    def finish(self) -> TuningFrequencyResult:
        cents = self._histogram.cents()
        return TuningFrequencyResult(frequency=frequency_of(cents), cents=cents)
