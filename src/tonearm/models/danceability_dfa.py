from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled_strictly
from tonearm.algorithms.fluctuation import DetrendedFluctuation
from tonearm.errors import ModelError
from tonearm.features import ANALYSIS_RATE, Block, Feature, Mono
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

_FRAME = ANALYSIS_RATE // 100
_SHORTEST, _LONGEST, _STEP = 310.0, 8800.0, 1.1
_STEADY = 1e-6
"""Fluctuation below this part of the highest level is rounding errors."""


class DanceabilityResult(Result):
    danceability: float = quantity("1", "usually 0 to 3, the higher the more danceable; 0 for silence", low=0)
    dfa_exponents: list[float] = quantity(
        "1", "exponent of the detrended fluctuation between each segment length and the next"
    )
    segments: list[float] = quantity("s", "the shorter of the two segment lengths of each exponent", low=0.31, high=8.8)


class DanceabilityDfa(Model[Parameters]):
    name = "danceability_dfa"
    title = "Danceability (detrended fluctuation)"
    group = "tempo and rhythm"
    description = (
        "How regular the loudness of the track is over segments of 0.31 to 8.8 s: Essentia's Danceability, a detrended "
        "fluctuation analysis of the standard deviation of each 10 ms of the mean of the channels at 44.1 kHz. A track "
        "shorter than 8.8 s has the exponents of the shorter segments only; at least 0.35 s of audio."
    )
    citation = (
        "S. Streich, P. Herrera: Detrended fluctuation analysis of music signals: danceability estimation and further "
        "semantic characterization. AES 118th Convention, 2005."
    )
    licence = "AGPL-3.0-or-later"
    result = DanceabilityResult
    features = (Mono(ANALYSIS_RATE),)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._lengths = _segment_lengths()
        self._fluctuation = DetrendedFluctuation(self._lengths)
        self._rest = np.empty(0, np.float32)
        self._loudest = 0.0

    def feed(self, feature: Feature, block: Block) -> None:
        samples = np.concatenate((self._rest, block))
        deviations = _deviations(samples, _FRAME)
        self._rest = samples[len(deviations) * _FRAME :]
        self._loudest = max(self._loudest, float(deviations.max(initial=0)))
        self._fluctuation.feed(deviations.astype(np.float64))

    def finish(self) -> DanceabilityResult:
        """Raises ModelError for less than 0.35 s of audio, or if its loudness does not fluctuate."""
        found = self._fluctuation.finish()
        if len(found) < 2:
            raise ModelError("Danceability needs at least 0.35 s of audio.")
        segments = self._lengths[: len(found)]
        exponents = np.zeros(len(found) - 1)
        if self._loudest:
            if found.min() < _STEADY * self._loudest:
                raise ModelError("The loudness of this audio has no fluctuation to measure danceability by.")
            exponents = np.diff(np.log(found)) / np.diff(np.log(segments + 3))
        mean = exponents.mean()
        return DanceabilityResult(
            danceability=float(1 / mean) if mean > 0 else 0,
            dfa_exponents=exponents.tolist(),
            segments=(segments[:-1] / 100).tolist(),
        )


def _segment_lengths() -> NDArray[np.int64]:
    """In steps of 10 ms, in single precision as Essentia multiplies them."""
    lengths = []
    milliseconds = np.float32(_SHORTEST)
    while milliseconds <= _LONGEST:
        lengths.append(int(milliseconds / 10))
        milliseconds *= np.float32(_STEP)
    return np.array(lengths)


@compiled_strictly
def _deviations(samples: Block, frame: int) -> Block:
    """Standard deviation of each whole frame, float32, summed in Essentia's order."""
    deviations = np.empty(samples.size // frame, np.float32)
    for i in range(deviations.size):
        part = samples[i * frame : (i + 1) * frame]
        total = np.float32(0)
        for sample in part:
            total += sample
        mean = total / np.float32(frame)
        total = np.float32(0)
        for sample in part:
            total += (sample - mean) * (sample - mean)
        deviations[i] = np.sqrt(np.float64(total) / (frame - 1))
    return deviations
