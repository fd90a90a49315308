from __future__ import annotations

from math import exp

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled_strictly
from tonearm.errors import ModelError
from tonearm.features import ANALYSIS_RATE, Block, Feature, Mono
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

_FRAME = ANALYSIS_RATE // 5
_DECAY = np.float32(exp(-1 / (0.035 * ANALYSIS_RATE)))
_B0, _B1, _A1 = np.float32(0.98595), np.float32(-0.98595), np.float32(-0.9719)
_SILENCE, _SILENCE_DB = np.float32(1e-10), -100.0


class DynamicComplexityResult(Result):
    dynamic_complexity: float = quantity(
        "dB", "mean absolute deviation of the level from the loudness; 0 for silence", low=0
    )
    loudness: float = quantity("dB", "mean of the levels, the louder ones with more weight; -100 for silence")


class DynamicComplexity(Model[Parameters]):
    name = "dynamic_complexity"
    title = "Dynamic complexity"
    group = "loudness"
    description = (
        "How much the loudness changes over the track: the mean absolute deviation from its loudness, as Essentia's "
        "DynamicComplexity gives it. Levels are of frames of 200 ms of the mean of the channels at 44.1 kHz, after a "
        "high pass, smoothed with 35 ms. Silence at the beginning and the end does not count. At least 0.2 s of audio."
    )
    citation = (
        "S. Streich: Music complexity: a multi-faceted description of audio content. Thesis, UPF Barcelona, 2007."
    )
    licence = "AGPL-3.0-or-later"
    result = DynamicComplexityResult
    features = (Mono(ANALYSIS_RATE),)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._levels = [np.empty(0, np.float32)]
        self._weights, self._left = _weights()
        # The last sample in and out of the high pass, the smoothed power.
        self._state = np.zeros(3, np.float32)
        # Weighted power of the frame under way, and how many samples it has.
        self._power = 0.0
        self._offset = 0

    def feed(self, feature: Feature, block: Block) -> None:
        powers, self._power, self._offset = _frames(
            block, self._weights, self._left, self._state, self._power, self._offset
        )
        self._levels.append(powers)

    def finish(self) -> DynamicComplexityResult:
        """Raises ModelError for less than 0.2 s of audio."""
        powers = np.concatenate(self._levels)
        if not len(powers):
            raise ModelError("Dynamic complexity needs at least 0.2 s of audio.")
        heard = np.flatnonzero(powers >= _SILENCE)
        if not len(heard):
            return DynamicComplexityResult(dynamic_complexity=0, loudness=_SILENCE_DB)
        powers = powers[heard[0] : heard[-1] + 1]
        levels = 10 * np.log10(np.maximum(powers, _SILENCE), dtype=np.float64)
        levels[powers < _SILENCE] = _SILENCE_DB
        # The louder by 1 dB, the more by 1 / 0.9.
        shares = 0.9 ** (levels.max() - levels)
        loudness = float(np.average(levels, weights=shares))
        return DynamicComplexityResult(dynamic_complexity=float(np.abs(levels - loudness).mean()), loudness=loudness)


def _weights() -> tuple[NDArray[np.float32], np.float32]:
    """How much each sample of a frame counts at its end, and what is left of the last frame by then."""
    weights = np.empty(_FRAME, np.float32)
    weight = np.float32(1)
    for i in reversed(range(_FRAME)):
        weights[i] = weight
        weight *= _DECAY
    return weights, weight


@compiled_strictly
def _frames(
    samples: Block, weights: Block, left: np.float32, state: Block, power: float, offset: int
) -> tuple[Block, float, int]:
    """The smoothed power at the end of each frame, float32; in single precision as Essentia has it, sums in double."""
    powers = np.empty((offset + samples.size) // weights.size, np.float32)
    last, filtered, smoothed = state[0], state[1], state[2]
    done = 0
    for sample in samples:
        filtered = _B0 * sample + _B1 * last - _A1 * filtered
        last = sample
        power += np.float64(weights[offset] * (filtered * filtered))
        offset += 1
        if offset == weights.size:
            smoothed = np.float32(left * smoothed + (np.float32(1) - _DECAY) * power)
            powers[done] = smoothed
            done += 1
            power, offset = 0.0, 0
    state[0], state[1], state[2] = last, filtered, smoothed
    return powers, power, offset
