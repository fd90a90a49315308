"""Short audio heard over and over: a loop, as musicians play it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.mono import Mono


@dataclass(frozen=True)
class Repeated(Feature):
    """float32, shape (n,): Mono(rate), followed by itself until it lasts `seconds`; longer audio as it is."""

    rate: int
    seconds: int

    @property
    def source(self) -> Feature:
        return Mono(self.rate)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Loop(self.rate * self.seconds)


class _Loop(Extractor):
    def __init__(self, length: int) -> None:
        self._length = length
        self._heard = np.empty(0, np.float32)
        """The beginning of the audio, as long as it may be short."""

    def feed(self, block: Block) -> Block:
        if len(self._heard) < self._length:
            self._heard = np.concatenate((self._heard, block))
        return block

    def finish(self) -> Block:
        heard = len(self._heard)
        missing = max(0, self._length - heard) if heard else 0
        return np.resize(self._heard, missing)
