"""A model that sums samples, over a feature that counts how often it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from tonearm.features import Block, Extractor, Feature, Mono
from tonearm.model import Model, Parameters, PcmFormat, Result


class Total(Result):
    total: float


@dataclass(frozen=True)
class Counted(Feature):
    """Passes mono on, counts its extractors, and fails where it is told to."""

    fails_at: int = -1
    made: ClassVar[list[Counted]] = []

    @property
    def source(self) -> Feature:
        return Mono(44_100)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        Counted.made.append(self)
        return Passing(self.fails_at)


class Passing(Extractor):
    def __init__(self, fails_at: int) -> None:
        self.fails_at = fails_at

    def feed(self, block: Block) -> Block:
        self.fails_at -= 1
        if self.fails_at == -1:
            raise ArithmeticError("the feature broke")
        return block

    def finish(self) -> Block:
        return np.ones(5, np.float32)


class Summing(Model[Parameters]):
    title = "Sum"
    result = Total
    features: tuple[Feature, ...] = (Counted(),)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self.total = 0.0

    def feed(self, feature: Feature, block: Block) -> None:
        self.total += float(block.sum())

    def finish(self) -> Total:
        return Total(total=self.total)
