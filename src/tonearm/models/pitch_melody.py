from __future__ import annotations

import numpy as np
from pydantic import Field

from tonearm.algorithms.melody import SaliencePeaks, find_contours, melody
from tonearm.errors import ModelError
from tonearm.features import ANALYSIS_RATE, Block, Feature, PitchSalience
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

_HOP = 128
_MOST_VALUES = 710_000
"""A worker's event holds so many pitches and confidences, however high."""


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
    description = (
        "The pitch of the leading voice or instrument over time: Essentia's PredominantPitchMelodia with its default "
        "settings (from 80 Hz, frames of 2048 samples, hop size 128, at 44.1 kHz), after its equal-loudness filter. "
        "Peaks of salience are found while the audio arrives, the melody at its end. At most "
        f"{_MOST_VALUES:,} values, which last 4 hours with the default hop."
    )
    citation = (
        "J. Salamon, E. Gómez: Melody extraction from polyphonic music signals using pitch contour characteristics. "
        "IEEE Transactions on Audio, Speech, and Language Processing 20(6), 2012."
    )
    licence = "AGPL-3.0-or-later"
    result = PitchMelodyResult
    parameters = PitchMelodyParameters
    features = (PitchSalience(),)

    def __init__(self, pcm_format: PcmFormat, given: PitchMelodyParameters) -> None:
        super().__init__(pcm_format, given)
        self._step = max(1, round(given.hop * ANALYSIS_RATE / _HOP))
        self._frames = 0
        self._peaks = SaliencePeaks()

    def feed(self, feature: Feature, block: Block) -> None:
        """Raises ModelError if there are more values than a result may have."""
        self._frames += len(block)
        if self._frames > _MOST_VALUES * self._step:
            self._peaks = SaliencePeaks()
            raise ModelError(f"{self.title}: there are more than {_MOST_VALUES:,} values. Ask for a longer hop.")
        self._peaks.add(block)

    def finish(self) -> PitchMelodyResult:
        pitch, confidence = melody(list(find_contours(self._peaks.finish())), self._frames)
        voiced = pitch[pitch > 0]
        return PitchMelodyResult(
            pitch=pitch[:: self._step].tolist(),
            confidence=confidence[:: self._step].tolist(),
            hop=self._step * _HOP / ANALYSIS_RATE,
            median_pitch=float(np.median(voiced)) if len(voiced) else None,
            voiced=len(voiced) / max(1, len(pitch)),
        )
