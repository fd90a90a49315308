"""The root of every analysis: samples as they were decoded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature


@dataclass(frozen=True)
class DecodedPcm(Feature):
    """float32, shape (channels, n), at the file's own rate, full scale at ±1."""

    @property
    def source(self) -> None:
        return None

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _AsDecoded(len(pcm_format.channels))


class _AsDecoded(Extractor):
    def __init__(self, channels: int) -> None:
        self._nothing = np.empty((channels, 0), np.float32)

    def feed(self, block: Block) -> Block:
        return block

    def finish(self) -> Block:
        return self._nothing
