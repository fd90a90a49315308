from __future__ import annotations

import numpy as np
from pydantic import Field

from tonearm.algorithms.essentia import Algorithm
from tonearm.features import ANALYSIS_RATE, Block, EqualLoudness, Feature
from tonearm.features.frames import Framer
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity
from tonearm.model.whole_signal import check_length

_FRAME, _HOP = 2048, 128
_PADDING = 3 * _FRAME


class PitchMelodyParameters(Parameters):
    hop: float = Field(
        0.02, ge=0.002, le=10, description="seconds between two values, rounded to a multiple of 128 / 44100"
    )


class PitchMelodyResult(Result):
    pitch: list[float] = quantity("Hz", "fundamental frequency of the melody; 0 if there is none", low=0)
    confidence: list[float] = quantity("1", "how much the melody stands out; 0 if there is none", low=0, decimals=4)
    hop: float = quantity("s", "time between two values, the first being at the start of the audio", low=0, decimals=9)
    median_pitch: float | None = quantity("Hz", "median of the pitch while there is a melody; null without one", low=0)
    voiced: float = quantity("1", "share of the track that has a melody", low=0, high=1)


class PitchMelody(Model[PitchMelodyParameters]):
    name = "pitch_melody"
    title = "Melody"
    group = "key and harmony"
    longest = 12
    description = (
        "The pitch of the leading voice or instrument over time: Essentia's PredominantPitchMelodia with its default "
        "settings (from 80 Hz, frames of 2048 samples, hop size 128, at 44.1 kHz), after its equal-loudness filter. "
        "Peaks of salience are found while the audio "
        f"arrives, the melody at its end, in a time that grows with the square of the length: at most {longest} "
        "minutes. By far the slowest model here."
    )
    citation = (
        "J. Salamon, E. Gómez: Melody extraction from polyphonic music signals using pitch contour characteristics. "
        "IEEE Transactions on Audio, Speech, and Language Processing 20(6), 2012."
    )
    licence = "AGPL-3.0-or-later"
    requires = ("essentia",)
    result = PitchMelodyResult
    parameters = PitchMelodyParameters
    features = (EqualLoudness(),)

    def __init__(self, pcm_format: PcmFormat, given: PitchMelodyParameters) -> None:
        super().__init__(pcm_format, given)
        self._step = max(1, round(given.hop * ANALYSIS_RATE / _HOP))
        self._samples = 0
        self._framer = Framer(np.ones(_FRAME, np.float32), _HOP, centred=True)
        self._chain = (
            Algorithm("Windowing", type="hann", size=_FRAME, zeroPadding=_PADDING),
            Algorithm("Spectrum", size=_FRAME + _PADDING),
            Algorithm(
                "SpectralPeaks",
                orderBy="magnitude",
                magnitudeThreshold=0,
                minFrequency=1,
                maxFrequency=20_000,
                maxPeaks=100,
            ),
            Algorithm("PitchSalienceFunction"),
            Algorithm("PitchSalienceFunctionPeaks", minFrequency=1, maxFrequency=20_000),
        )
        self._bins: list[Block] = []
        self._saliences: list[Block] = []

    def feed(self, feature: Feature, block: Block) -> None:
        """Raises ModelError if the audio is longer than `longest` minutes."""
        self._samples += len(block)
        check_length(self.title, self._samples, self.longest, self._bins, self._saliences)
        self._find_peaks(self._framer.feed(block))

    def finish(self) -> PitchMelodyResult:
        self._find_peaks(self._framer.finish())
        pitch = confidence = np.empty(0, np.float32)
        if self._bins:
            contours = Algorithm("PitchContours")(self._bins, self._saliences)
            pitch, confidence = Algorithm("PitchContoursMelody")(*contours)
        voiced = pitch[pitch > 0]
        return PitchMelodyResult(
            pitch=pitch[:: self._step].tolist(),
            confidence=confidence[:: self._step].tolist(),
            hop=self._step * _HOP / ANALYSIS_RATE,
            median_pitch=float(np.median(voiced)) if len(voiced) else None,
            voiced=len(voiced) / max(1, len(pitch)),
        )

    def _find_peaks(self, frames: Block) -> None:
        window, transform, find_peaks, salience, find_salient = self._chain
        for frame in frames:
            bins, saliences = find_salient(salience(*find_peaks(transform(window(frame)))))
            self._bins.append(bins)
            self._saliences.append(saliences)
