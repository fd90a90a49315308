from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from tonearm.algorithms.compiled import compiled
from tonearm.features import Block, DecodedPcm, Feature
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity


class SilenceParameters(Parameters):
    threshold: float = Field(-60, ge=-120, le=0, description="level in dBFS below which a sample is silent")
    gap: float = Field(0.5, ge=0.1, le=3600, description="shortest silence between sounds that is reported, in seconds")


class Gap(BaseModel):
    start: float = quantity("s", "time of the first silent sample", low=0, decimals=6)
    end: float = quantity("s", "time of the first sample of the next sound", low=0, decimals=6)


class SilenceResult(Result):
    leading: float = quantity(
        "s", "silence before the first sound; the whole duration if there is none", low=0, decimals=6
    )
    trailing: float = quantity(
        "s", "silence after the last sound; the whole duration if there is none", low=0, decimals=6
    )
    duration: float = quantity("s", "length of the audio", low=0, decimals=6)
    gaps: list[Gap] = quantity("s", "silences between two sounds, in order", low=0)


class SilencePartial(Result):
    leading: float = quantity(
        "s", "silence before the first sound; all of the audio so far if there is none", low=0, decimals=6
    )
    silent: float = quantity(
        "s", "silence since the last sound; all of the audio so far if there is none", low=0, decimals=6
    )
    gaps: list[Gap] = quantity("s", "what is new: silences between two sounds, in order", low=0)


class Silence(Model[SilenceParameters]):
    name = "silence"
    title = "Silence"
    group = "sound"
    description = (
        "Silence before, after and within the track, exact to the sample of the audio as it was decoded. A sample is "
        "silent if all channels, LFE included, are below the threshold; a single louder sample is a sound. A gap is "
        "a silence between two sounds that lasts long enough."
    )
    citation = "none: sample peaks against a threshold"
    licence = "AGPL-3.0-or-later"
    result = SilenceResult
    partial = SilencePartial
    parameters = SilenceParameters
    features = (DecodedPcm(),)

    def __init__(self, pcm_format: PcmFormat, given: SilenceParameters) -> None:
        super().__init__(pcm_format, given)
        self._threshold = np.float32(10 ** (given.threshold / 20))
        self._shortest = max(1, round(given.gap * pcm_format.rate))
        self._samples = 0
        self._first = self._last = -1
        self._gaps: list[NDArray[np.int64]] = [np.empty((0, 2), np.int64)]
        self._told = 1

    def feed(self, feature: Feature, block: Block) -> None:
        first, last, gaps = _scan(block, self._threshold, self._samples, self._last, self._shortest)
        self._first = first if self._first < 0 else self._first
        self._last = last
        self._samples += block.shape[1]
        self._gaps.append(gaps)

    def so_far(self) -> SilencePartial:
        new = self._gaps[self._told :]
        self._told = len(self._gaps)
        return SilencePartial(leading=self._leading, silent=self._trailing, gaps=self._named(new))

    def finish(self) -> SilenceResult:
        return SilenceResult(
            leading=self._leading,
            trailing=self._trailing,
            duration=self._samples / self.pcm_format.rate,
            gaps=self._named(self._gaps),
        )

    @property
    def _leading(self) -> float:
        return (self._samples if self._first < 0 else self._first) / self.pcm_format.rate

    @property
    def _trailing(self) -> float:
        return (self._samples - 1 - self._last) / self.pcm_format.rate

    def _named(self, gaps: list[NDArray[np.int64]]) -> list[Gap]:
        rate = self.pcm_format.rate
        return [Gap(start=start / rate, end=end / rate) for each in gaps for start, end in each.tolist()]


@compiled
def _scan(
    block: Block, threshold: np.float32, begin: int, last: int, shortest: int
) -> tuple[int, int, NDArray[np.int64]]:
    """The first and the last sound of the block and the gaps that end in it, shape (gaps, 2), counted from the start.

    `begin` is the sample at which the block begins, `last` that of the last sound before it. Without a sound in the
    block, the first is -1 and the last stays.
    """
    channels, length = block.shape
    gaps = np.empty((length // shortest + 2, 2), np.int64)
    count = 0
    first = -1
    for i in range(length):
        loud = False
        for channel in range(channels):
            loud |= abs(block[channel, i]) >= threshold
        if not loud:
            continue
        place = begin + i
        if first < 0:
            first = place
        if last >= 0 and place - last - 1 >= shortest:
            gaps[count, 0], gaps[count, 1] = last + 1, place
            count += 1
        last = place
    return first, last, gaps[:count].copy()
