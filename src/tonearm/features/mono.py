"""One channel at one rate: what most of music information retrieval starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from tonearm.audio.decode import PcmFormat
from tonearm.features.compiled import compiled
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.pcm import DecodedPcm


@dataclass(frozen=True)
class Mono(Feature):
    """float32, shape (n,): the mean of the channels, without the LFE, resampled to `rate` Hz (soxr, high quality)."""

    rate: int

    @property
    def source(self) -> Feature:
        return DecodedPcm()

    def extractor(self, form: PcmFormat) -> Extractor:
        return _Downmix(form, self.rate)


class _Downmix(Extractor):
    def __init__(self, form: PcmFormat, rate: int) -> None:
        heard = [i for i, name in enumerate(form.channels) if name != "LFE"] or list(range(len(form.channels)))
        self._heard = np.array(heard)
        self._resampler = soxr.ResampleStream(form.rate, rate, 1, dtype="float32") if form.rate != rate else None

    def feed(self, block: Block) -> Block:
        mono = self._mix(block)
        return mono if self._resampler is None else self._resampler.resample_chunk(mono)

    def finish(self) -> Block:
        nothing = np.empty(0, np.float32)
        return nothing if self._resampler is None else self._resampler.resample_chunk(nothing, last=True)

    def _mix(self, block: Block) -> Block:
        return np.ascontiguousarray(block[self._heard[0]]) if len(self._heard) == 1 else _mean(block, self._heard)


@compiled
def _mean(block: Block, channels: NDArray[np.int64]) -> Block:
    mono: Block = block[channels[0]].copy()
    for channel in channels[1:]:
        mono += block[channel]
    mono *= np.float32(1 / len(channels))
    return mono
