from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from tonearm.algorithms.compiled import compiled
from tonearm.features import Block, DecodedPcm, Feature
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

_FULL = np.float32(1 - 2**-15)
"""The largest sample of 16 bits."""
_IN_A_ROW = 3


class ChannelFaults(BaseModel):
    channel: str = Field(description="position of the channel by FFmpeg's names: FC, FL, FR, LFE, BL, SR ...")
    spots: int = quantity("1", "how often three samples or more in a row are at full scale", low=0)
    longest: int = quantity("samples", "samples in a row at full scale, the most", low=0)
    longest_at: float | None = quantity("s", "where these begin; null without a spot", low=0, decimals=6)
    dc_offset: float = quantity("1", "mean of all samples, full scale at ±1", decimals=6)


class ClippingResult(Result):
    spots: int = quantity("1", "how often three samples or more in a row are at full scale, in all channels", low=0)
    channels: list[ChannelFaults] = Field(description="the same, and the DC offset, of each channel")


class Clipping(Model[Parameters]):
    name = "clipping"
    title = "Clipping and DC offset"
    group = "sound"
    description = (
        "Where samples stay at full scale, and how far their mean is from zero. A spot is three samples or more in a "
        "row, of one channel, at or above the largest sample of 16 bits, as Audacity's Find Clipping has it by default."
    )
    citation = "Audacity, Find Clipping; the mean of samples"
    licence = "AGPL-3.0-or-later"
    result = ClippingResult
    parameters = Parameters
    features = (DecodedPcm(),)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._found = np.zeros((len(pcm_format.channels), 4), np.int64)
        """Of each channel: samples in a row up to now, spots, the longest, and where it ends."""
        self._sums = np.zeros(len(pcm_format.channels))
        self._samples = 0

    def feed(self, feature: Feature, block: Block) -> None:
        _scan(block, self._samples, self._found, self._sums)
        self._samples += block.shape[1]

    def finish(self) -> ClippingResult:
        channels = [
            ChannelFaults(
                channel=name,
                spots=int(spots),
                longest=int(longest),
                longest_at=float(end - longest) / self.pcm_format.rate if spots else None,
                dc_offset=float(total) / max(1, self._samples),
            )
            for name, (_, spots, longest, end), total in zip(
                self.pcm_format.channels, self._found, self._sums, strict=True
            )
        ]
        return ClippingResult(spots=sum(each.spots for each in channels), channels=channels)


@compiled
def _scan(block: Block, begin: int, found: NDArray[np.int64], sums: NDArray[np.float64]) -> None:
    """Add a block that begins at sample `begin`."""
    for channel in range(block.shape[0]):
        row, total = found[channel, 0], 0.0
        for i in range(block.shape[1]):
            sample = block[channel, i]
            total += sample
            if abs(sample) < _FULL:
                row = 0
                continue
            row += 1
            if row == _IN_A_ROW:
                found[channel, 1] += 1
            if row >= _IN_A_ROW and row > found[channel, 2]:
                found[channel, 2], found[channel, 3] = row, begin + i + 1
        found[channel, 0] = row
        sums[channel] += total
