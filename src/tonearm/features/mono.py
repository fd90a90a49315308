"""One channel at one rate: what most of music information retrieval starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled
from tonearm.audio.pcm import PcmFormat, cancels
from tonearm.features.decoded_pcm import DecodedPcm
from tonearm.features.feature import Block, Extractor, Feature


@dataclass(frozen=True)
class Mono(Feature):
    """float32, shape (n,): the mean of the channels, without the LFE, resampled to `rate` Hz, full scale at ±1.

    Blocks whose channels cancel each other out in the mean are taken from one of them, the loudest when it was chosen.

    By soxr in high quality; `linear` interpolates between neighbouring samples, as Essentia's MonoLoader does with
    resampleQuality=4. That aliases, but networks whose examples are loaded so give other answers to cleaner sound.
    """

    rate: int
    linear: bool = False

    @property
    def source(self) -> Feature:
        return DecodedPcm()

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Downmix(pcm_format, self)


class _Downmix(Extractor):
    def __init__(self, pcm_format: PcmFormat, mono: Mono) -> None:
        self._heard = pcm_format.heard
        self._alone: int | None = None
        self._resampler = _resampler(pcm_format.rate, mono) if pcm_format.rate != mono.rate else None

    def feed(self, block: Block) -> Block:
        mono = self._mix(block)
        return mono if self._resampler is None else self._resampler.feed(mono)

    def finish(self) -> Block:
        return np.empty(0, np.float32) if self._resampler is None else self._resampler.finish()

    def _mix(self, block: Block) -> Block:
        if len(self._heard) == 1:
            return np.ascontiguousarray(block[self._heard[0]])
        if cancels(block, self._heard):
            if self._alone is None:
                self._alone = int(self._heard[np.square(block[self._heard]).sum(axis=1).argmax()])
            return np.ascontiguousarray(block[self._alone])
        return _mean(block, self._heard)


@compiled
def _mean(block: Block, channels: NDArray[np.int64]) -> Block:
    mono: Block = block[channels[0]].copy()
    for channel in channels[1:]:
        mono += block[channel]
    mono *= np.float32(1 / len(channels))
    return mono


def _resampler(rate: int, mono: Mono) -> Extractor:
    return _Linear(rate, mono.rate) if mono.linear else _Sinc(rate, mono.rate)


class _Sinc(Extractor):
    def __init__(self, source: int, target: int) -> None:
        self._stream = soxr.ResampleStream(source, target, 1, dtype="float32")

    def feed(self, block: Block) -> Block:
        return np.asarray(self._stream.resample_chunk(block))

    def finish(self) -> Block:
        return np.asarray(self._stream.resample_chunk(np.empty(0, np.float32), last=True))


class _Linear(Extractor):
    """libsamplerate's SRC_LINEAR: the first sample comes twice, so all are one sample late."""

    def __init__(self, source: int, target: int) -> None:
        # Essentia keeps the ratio in single precision.
        self._step = 1 / float(np.float32(np.float32(target) / np.float32(source)))
        self._position = 0.0
        self._pending: Block | None = None

    def feed(self, block: Block) -> Block:
        before = block[:1] if self._pending is None else self._pending
        samples = np.concatenate((before, block))
        self._pending = samples[-1:]
        found, self._position = _interpolate(samples, self._position, self._step)
        return found

    def finish(self) -> Block:
        return np.empty(0, np.float32)


@compiled
def _interpolate(samples: Block, position: float, step: float) -> tuple[Block, float]:
    """Values at `position` and every `step` after it, as far as the samples go, and the position in the next ones."""
    end = samples.size - 1
    found = np.empty(int((end - position) / step) + 2, np.float32)
    count = 0
    while position < end:
        left = int(position)
        share = position - left
        found[count] = samples[left] + share * (np.float64(samples[left + 1]) - samples[left])
        count += 1
        position += step
    return found[:count], position - end
