"""The signal as the ear weighs it: Essentia's EqualLoudness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.algorithms.compiled import compiled_strictly
from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.mono import Mono


@dataclass(frozen=True)
class EqualLoudness(Feature):
    """float32, shape (n,), full scale at ±1: mono at 44.1 kHz, filtered as the ReplayGain 1.0 specification says."""

    @property
    def source(self) -> Feature:
        return Mono(ANALYSIS_RATE)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Filter()


_CURVE = [
    (0.05418656406430, 1),
    (-0.02911007808948, -3.47845948550071),
    (-0.00848709379851, 6.36317777566148),
    (-0.00851165645469, -8.54751527471874),
    (-0.00834990904936, 9.47693607801280),
    (0.02245293253339, -8.81498681370155),
    (-0.02596338512915, 6.85401540936998),
    (0.01624864962975, -4.39470996079559),
    (-0.00240879051584, 2.19611684890774),
    (0.00674613682247, -0.75104302451432),
    (-0.00187763777362, 0.13149317958808),
]
"""An inverted equal-loudness contour, by the Yule-Walker method: for each delay the coefficients of the numerator and
the denominator, at 44.1 kHz."""
_HIGH_PASS = [
    (0.98500175787242, 1),
    (-1.97000351574484, -1.96977855582618),
    (0.98500175787242, 0.97022847566350),
]
"""Butterworth, second order, 150 Hz, because the contour does not fall steeply enough below."""
_SMALLEST = np.finfo(np.float32).tiny


class _Filter(Extractor):
    def __init__(self) -> None:
        self._curve, self._high_pass = (np.array(each, np.float32).T.copy() for each in (_CURVE, _HIGH_PASS))
        self._delays = np.zeros(len(_CURVE), np.float32), np.zeros(len(_HIGH_PASS), np.float32)

    def feed(self, block: Block) -> Block:
        return _weigh(block, self._curve, self._delays[0], self._high_pass, self._delays[1])

    def finish(self) -> Block:
        return np.empty(0, np.float32)


@compiled_strictly
def _weigh(samples: Block, first: Block, delays: Block, second: Block, other_delays: Block) -> Block:
    """The signal through both filters; in one loop, so that one computes while the other waits for its last output."""
    weighed = np.empty(samples.size, np.float32)
    for i in range(samples.size):
        weighed[i] = _advance(_advance(samples[i], first, delays), second, other_delays)
    return weighed


@compiled_strictly
def _advance(sample: np.float32, coefficients: Block, delays: Block) -> np.float32:
    """One sample through a filter in transposed direct form II, in the order in which Essentia rounds.

    The last delay is always zero.
    """
    filtered: np.float32 = coefficients[0, 0] * sample + delays[0]
    for k in range(delays.size - 1):
        delay = coefficients[0, k + 1] * sample - coefficients[1, k + 1] * filtered + delays[k + 1]
        # In silence the delays decay into denormal numbers, which are a hundred times slower.
        delays[k] = delay if abs(delay) >= _SMALLEST else np.float32(0)
    return filtered
