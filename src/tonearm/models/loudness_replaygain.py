from __future__ import annotations

import numpy as np

from tonearm.algorithms.compiled import compiled_strictly
from tonearm.errors import ModelError
from tonearm.features import ANALYSIS_RATE, Block, EqualLoudness, Feature
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

_WINDOW = ANALYSIS_RATE // 20
_PERCENTILE = 0.95
_SILENCE, _SILENCE_DB = np.float32(1e-10), np.float32(-100)
_REFERENCE = np.float32(-31.492595672607422)
"""Level of the specification's pink noise at 83 dB SPL."""


class ReplayGainResult(Result):
    gain: float = quantity("dB", "gain that brings the track to 83 dB SPL in playback; 68.5 for silence")


class LoudnessReplayGain(Model[Parameters]):
    name = "loudness_replaygain"
    title = "ReplayGain"
    group = "loudness"
    description = (
        "The gain in dB that makes tracks equally loud, ReplayGain 1.0: Essentia's ReplayGain of the mean of the "
        "channels at 44.1 kHz. The level that 5 % of the windows of 50 ms exceed after an equal-loudness filter, "
        "against that of pink noise. Without the 6 dB that mp3gain and others add. At least 50 ms of audio."
    )
    citation = "D. Robinson: ReplayGain 1.0 specification, 2001."
    licence = "AGPL-3.0-or-later"
    result = ReplayGainResult
    features = (EqualLoudness(),)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._powers = [np.empty(0, np.float32)]
        self._rest = np.empty(0, np.float32)

    def feed(self, feature: Feature, block: Block) -> None:
        samples = np.concatenate((self._rest, block))
        powers = _powers(samples, _WINDOW)
        self._powers.append(powers)
        self._rest = samples[len(powers) * _WINDOW :]

    def finish(self) -> ReplayGainResult:
        """Raises ModelError for less than 50 ms of audio."""
        powers = np.concatenate(self._powers)
        if not len(powers):
            raise ModelError("ReplayGain needs at least 50 ms of audio.")
        power = np.sort(powers)[int(_PERCENTILE * len(powers))]
        level = _SILENCE_DB if power < _SILENCE else 10 * np.log10(power)
        return ReplayGainResult(gain=float(_REFERENCE - level))


@compiled_strictly
def _powers(samples: Block, window: int) -> Block:
    """Mean squares of whole windows, float32, added up one by one as Essentia does: the order decides the last bits."""
    powers = np.empty(samples.size // window, np.float32)
    for i in range(powers.size):
        total = np.float32(0)
        for sample in samples[i * window : (i + 1) * window]:
            total += sample * sample
        powers[i] = total / np.float32(window)
    return powers
