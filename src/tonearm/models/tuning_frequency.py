from __future__ import annotations

from tonearm.algorithms.essentia import Algorithm
from tonearm.features import Block, Feature, Spectra
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity


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
    requires = ("essentia",)
    result = TuningFrequencyResult
    features = (Spectra(4096, 2048, "blackmanharris62"),)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._find_peaks = Algorithm(
            "SpectralPeaks",
            orderBy="frequency",
            magnitudeThreshold=1e-5,
            minFrequency=40,
            maxFrequency=5000,
            maxPeaks=10_000,
        )
        # It keeps the histogram of all frames and answers for all of them each time.
        self._tune = Algorithm("TuningFrequency")
        self._answer = 440.0, 0.0

    def feed(self, feature: Feature, block: Block) -> None:
        for spectrum in block:
            self._answer = self._tune(*self._find_peaks(spectrum))

    def finish(self) -> TuningFrequencyResult:
        frequency, cents = self._answer
        return TuningFrequencyResult(frequency=frequency, cents=cents)
