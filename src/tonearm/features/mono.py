"""One channel at one rate: what most of music information retrieval starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr

from tonearm.audio.decode import PcmFormat
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
        self._channels = heard
        self._resampler = soxr.ResampleStream(form.rate, rate, 1, dtype="float32") if form.rate != rate else None

    def feed(self, block: Block) -> Block:
        mono = self._mix(block)
        return mono if self._resampler is None else self._resampler.resample_chunk(mono)

    def finish(self) -> Block:
        nothing = np.empty(0, np.float32)
        return nothing if self._resampler is None else self._resampler.resample_chunk(nothing, last=True)

    def _mix(self, block: Block) -> Block:
        if len(self._channels) == 1:
            return np.ascontiguousarray(block[self._channels[0]])
        mono: Block = np.add.reduce(block[self._channels], axis=0)
        mono *= np.float32(1 / len(self._channels))
        return mono
