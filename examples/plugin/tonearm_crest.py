"""A model in a package of its own. Install it beside Tonearm: `pip install examples/plugin`."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from tonearm.features import Block, DecodedPcm, Feature
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity


class CrestParameters(Parameters):
    floor: float = Field(-100.0, le=0, description="peak in dBFS below which the audio counts as silent")


class CrestResult(Result):
    crest_factor: float | None = quantity("dB", "peak over RMS of all channels; null for silence")


class CrestFactor(Model[CrestParameters]):
    name = "crest_factor"
    title = "Crest factor"
    group = "loudness"
    description = "How far the highest sample stands above the average power: a sine has 3 dB, dense mixes 8 to 12."
    citation = "IEC 60268-1"
    licence = "CC0-1.0"
    result = CrestResult
    parameters = CrestParameters
    features = (DecodedPcm(),)

    def __init__(self, pcm_format: PcmFormat, given: CrestParameters) -> None:
        super().__init__(pcm_format, given)
        self._peak = 0.0
        self._squares = 0.0
        self._samples = 0

    def feed(self, feature: Feature, block: Block) -> None:
        self._peak = max(self._peak, float(np.abs(block).max()))
        self._squares += float(np.square(block, dtype=np.float64).sum())
        self._samples += block.size

    def finish(self) -> CrestResult:
        if self._peak <= 10 ** (self.given.floor / 20):
            return CrestResult(crest_factor=None)
        return CrestResult(crest_factor=20 * np.log10(self._peak / np.sqrt(self._squares / self._samples)))
