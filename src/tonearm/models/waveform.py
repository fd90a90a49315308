from __future__ import annotations

import numpy as np
from pydantic import Field

from tonearm.algorithms.compiled import compiled
from tonearm.features import Block, DecodedPcm, Feature
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

_FINENESS = 32
"""How many bins there may be for each point: at least half as many are left when their width has been doubled."""


_POINTS_PER_SECOND = 10
"""Of what is told while the audio arrives."""


class WaveformParameters(Parameters):
    points: int = Field(800, ge=1, le=10_000, description="number of points, which divide the duration evenly")


class WaveformResult(Result):
    low: list[float] = quantity("1", "lowest sample of all channels within each point, full scale at -1", decimals=5)
    high: list[float] = quantity("1", "highest sample of all channels within each point, full scale at 1", decimals=5)
    rms: list[float] = quantity(
        "1", "root mean square of all samples of all channels within each point", low=0, decimals=5
    )
    duration: float = quantity("s", "length of the audio", low=0, decimals=6)


class WaveformPartial(Result):
    point: float = quantity("s", "length of each point, the nearest to 0.1 s of whole samples", low=0, decimals=9)
    low: list[float] = quantity("1", "what is new: lowest sample of all channels within each point", decimals=5)
    high: list[float] = quantity("1", "what is new: highest sample of all channels within each point", decimals=5)
    rms: list[float] = quantity(
        "1", "what is new: root mean square of all samples of all channels within each point", low=0, decimals=5
    )


class Waveform(Model[WaveformParameters]):
    name = "waveform"
    title = "Waveform"
    group = "sound"
    description = (
        "The outline of the sound, to be drawn: the lowest and highest sample and the RMS of each of as many points as "
        "asked for, together the whole duration. Over all channels, LFE included. Exact for "
        "up to 32 samples per point; in longer audio a point begins and ends at most 1/16 of its length late. Audio of "
        "fewer samples than points has one point per sample. Samples above full scale, as a decoder may give, are kept."
    )
    citation = "none: extremes and RMS of samples"
    licence = "AGPL-3.0-or-later"
    result = WaveformResult
    partial = WaveformPartial
    parameters = WaveformParameters
    features = (DecodedPcm(),)

    def __init__(self, pcm_format: PcmFormat, given: WaveformParameters) -> None:
        super().__init__(pcm_format, given)
        self._bins = np.zeros((3, _FINENESS * given.points))
        self._width = 1
        self._samples = 0
        self._point = max(1, round(pcm_format.rate / _POINTS_PER_SECOND))
        self._new = np.empty((3, 0))
        """Bins as long as a point, which have not been told."""
        self._begun = 0
        """Samples in them."""

    def feed(self, feature: Feature, block: Block) -> None:
        self._width = _gather(block, self._bins, self._samples, self._width)
        self._samples += block.shape[1]
        if self.telling:
            room = -(-(self._begun + block.shape[1]) // self._point) - self._new.shape[1]
            self._new = np.concatenate((self._new, np.empty((3, max(0, room)))), axis=1)
            _gather(block, self._new, self._begun, self._point)
            self._begun += block.shape[1]

    def so_far(self) -> WaveformPartial | None:
        count = self._begun // self._point
        if not count:
            return None
        low, high, squares = self._new[:, :count]
        self._new = self._new[:, count:]
        self._begun -= count * self._point
        return WaveformPartial(
            point=self._point / self.pcm_format.rate,
            low=low.tolist(),
            high=high.tolist(),
            rms=np.sqrt(squares / (self._point * len(self.pcm_format.channels))).tolist(),
        )

    def finish(self) -> WaveformResult:
        points = min(self.given.points, self._samples)
        if not points:
            return WaveformResult(low=[], high=[], rms=[], duration=0)
        begins = -(-(np.arange(points) * self._samples // points) // self._width)
        bins = self._bins[:, : -(-self._samples // self._width)]
        ends = np.minimum(np.append(begins[1:], bins.shape[1]) * self._width, self._samples)
        counts = (ends - begins * self._width) * len(self.pcm_format.channels)
        return WaveformResult(
            low=np.minimum.reduceat(bins[0], begins).tolist(),
            high=np.maximum.reduceat(bins[1], begins).tolist(),
            rms=np.sqrt(np.add.reduceat(bins[2], begins) / counts).tolist(),
            duration=self._samples / self.pcm_format.rate,
        )


@compiled
def _gather(block: Block, bins: Block, begin: int, width: int) -> int:
    """Add a block, which begins at sample `begin`, to bins of `width` samples; returns their width from now on.

    Bins have rows for the lowest sample, the highest and the sum of squares. When they are full, each two become one.
    """
    channels, length = block.shape
    done = 0
    while done < length:
        place = (begin + done) // width
        if place == bins.shape[1]:
            half = place // 2
            for i in range(half):
                bins[0, i] = min(bins[0, 2 * i], bins[0, 2 * i + 1])
                bins[1, i] = max(bins[1, 2 * i], bins[1, 2 * i + 1])
                bins[2, i] = bins[2, 2 * i] + bins[2, 2 * i + 1]
            width *= 2
            place = half
        count = min(length - done, (place + 1) * width - begin - done)
        low = high = block[0, done]
        total = 0.0
        for channel in range(channels):
            for sample in block[channel, done : done + count]:
                low = min(low, sample)
                high = max(high, sample)
                total += np.float64(sample) * sample
        fresh = begin + done == place * width
        bins[0, place] = low if fresh else min(bins[0, place], low)
        bins[1, place] = high if fresh else max(bins[1, place], high)
        bins[2, place] = total if fresh else bins[2, place] + total
        done += count
    return width
