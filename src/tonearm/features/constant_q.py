"""The constant-Q transform: bins as far apart as notes, and windows as long as their frequency needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import WholeFrames
from tonearm.features.mono import Mono

_STEP = 4
"""Low frequencies need few samples: each level has one of so many of the level above it."""
_BAND = 0.25
"""The highest frequency on a level below the first, as a share of its rate."""
_HALF = 24
_FILTER = (np.sinc(np.arange(-_HALF, _HALF + 1) / _STEP) * np.kaiser(2 * _HALF + 1, 8.0)).astype(np.float32)
_FILTER /= _FILTER.sum()
"""A low-pass between two levels: what a bin of the lower one hears stays within 1e-4, and what would alias into it is
80 dB down."""


@dataclass(frozen=True)
class ConstantQ(Feature):
    """float32, shape (frames, bins), never negative: mono at `rate` Hz, magnitudes scaled as librosa's cqt does.

    Frame i is centred at sample i · hop, zeros stand around the signal, and a full-scale sine has about √(n) / 2 with n
    samples in the window of its bin.

    J. C. Brown, M. S. Puckette: An efficient algorithm for the calculation of a constant Q transform. JASA 92(5), 1992.
    Of several rates after C. Schörkhuber, A. Klapuri: Constant-Q transform toolbox for music processing. SMC 2010.
    """

    rate: int
    hop: int
    lowest: float
    """Frequency of the first bin, in Hz."""
    bins: int
    bins_per_octave: int

    @property
    def source(self) -> Feature:
        return Mono(self.rate)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Magnitudes(self)


KEYCNN_CQT = ConstantQ(22_050, 4096, 41.20344461410875, 168, 24)
"""H. Schreiber, C. Weiß, M. Müller: Local key estimation in classical music recordings. ICASSP 2020. From E1 up."""
KEYCNN_RATE = KEYCNN_CQT.rate / KEYCNN_CQT.hop
"""Frames a second."""


@dataclass(frozen=True)
class _Kernels:
    """Of the bins of one level: windowed waves from the middle of a frame on, as windows are symmetric."""

    cosines: Block
    """Of all bins one after another, from the first to the last: shape (n,)."""
    sines: Block
    begins: NDArray[np.int64]
    """Where each bin's begin, and where the last one's end: shape (bins + 1,)."""

    @property
    def half(self) -> int:
        """Samples on each side of the middle of a frame."""
        return int(np.diff(self.begins).max()) - 1


class _Magnitudes(Extractor):
    def __init__(self, transform: ConstantQ) -> None:
        kernels = _kernels(transform)
        self._hop = transform.hop
        # Filters ring beyond the ends of the signal, so zeros around it go through them, too.
        longest = max(level.half * _STEP**depth for depth, level in enumerate(kernels))
        self._margin = -(-longest // self._hop) * self._hop
        self._levels = [_Level(level, self._margin, self._hop, _STEP**depth) for depth, level in enumerate(kernels)]
        self._steps = [_Decimation() for _ in kernels[1:]]
        self._left = 0
        """Samples since the centre of the next frame."""
        self._begun = False
        self._push(np.zeros(self._margin, np.float32))

    def feed(self, block: Block) -> Block:
        self._left += len(block)
        self._begun = self._begun or len(block) > 0
        self._push(block)
        return self._take(min(level.ready for level in self._levels))

    def finish(self) -> Block:
        # One hop is more than all filters hold back.
        self._push(np.zeros(self._margin + self._hop, np.float32))
        return self._take(self._left // self._hop + 1 if self._begun else 0)

    def _push(self, samples: Block) -> None:
        self._levels[0].feed(samples)
        for step, level in zip(self._steps, self._levels[1:], strict=True):
            samples = step.feed(samples)
            level.feed(samples)

    def _take(self, count: int) -> Block:
        self._left -= count * self._hop
        return np.concatenate([level.take(count) for level in reversed(self._levels)], axis=1)


class _Level:
    """The bins that are computed at one of the rates."""

    def __init__(self, kernels: _Kernels, margin: int, hop: int, step: int) -> None:
        """`margin` is how many samples at the full rate come before the signal, of which one in `step` is here."""
        half = max(kernels.half, hop // step // 2)
        self._kernels = kernels
        self._framer = WholeFrames(np.ones(2 * half + 1, np.float32), hop // step, centred=False)
        self._skipped = margin // step - half
        self._found = np.empty((0, len(kernels.begins) - 1), np.float32)

    def feed(self, samples: Block) -> None:
        frames = self._framer.feed(samples[self._skipped :])
        self._skipped = max(0, self._skipped - len(samples))
        found = _magnitudes(frames, self._kernels.cosines, self._kernels.sines, self._kernels.begins)
        self._found = np.concatenate((self._found, found))

    @property
    def ready(self) -> int:
        return len(self._found)

    def take(self, count: int) -> Block:
        """The next frames, at most `ready`: float32, shape (count, bins)."""
        taken, self._found = self._found[:count], self._found[count:]
        return taken


class _Decimation:
    """One sample of four, each in the middle of the filter that it is made with."""

    def __init__(self) -> None:
        self._pending = np.zeros(_HALF, np.float32)

    def feed(self, samples: Block) -> Block:
        self._pending = np.concatenate((self._pending, samples))
        count = max(0, (len(self._pending) - len(_FILTER)) // _STEP + 1)
        found = _decimated(self._pending, _FILTER, count)
        self._pending = self._pending[count * _STEP :]
        return found


def window_lengths(transform: ConstantQ) -> NDArray[np.float64]:
    """Of each bin, in samples: float64, shape (bins,), as in librosa since 0.10."""
    ratio = 2 ** (2 / transform.bins_per_octave)
    quality = (ratio + 1) / (ratio - 1)
    return np.asarray(quality * transform.rate / _frequencies(transform), np.float64)


def of_sine(transform: ConstantQ, amplitude: float) -> Block:
    """What the bin of a sine of this amplitude has: float32, shape (bins,)."""
    return (amplitude * np.sqrt(window_lengths(transform)) / 2).astype(np.float32)


def _frequencies(transform: ConstantQ) -> NDArray[np.float64]:
    return np.asarray(transform.lowest * 2 ** (np.arange(transform.bins) / transform.bins_per_octave), np.float64)


@cache
def _kernels(transform: ConstantQ) -> tuple[_Kernels, ...]:
    """For each level, from the full rate down, which has the highest bins."""
    frequencies, lengths = _frequencies(transform), window_lengths(transform)
    depths = np.floor(np.log(_BAND * transform.rate / frequencies) / np.log(_STEP)).clip(0).astype(int)
    found = []
    for depth in range(depths.max() + 1):
        cosines: list[NDArray[np.float64]] = []
        sines: list[NDArray[np.float64]] = []
        for frequency, length in zip(frequencies[depths == depth], lengths[depths == depth], strict=True):
            rate, samples = transform.rate / _STEP**depth, length / _STEP**depth
            times = np.arange(int(samples / 2) + 1)
            window = 0.5 + 0.5 * np.cos(2 * np.pi * times / samples)
            window *= np.sqrt(length) / (2 * window.sum() - window[0])
            angles = 2 * np.pi * frequency * times / rate
            cosines.append(window * np.cos(angles))
            sines.append(window * np.sin(angles))
        begins = np.cumsum([0, *map(len, cosines)])
        parts = (np.concatenate(cosines).astype(np.float32), np.concatenate(sines).astype(np.float32))
        found.append(_Kernels(*parts, begins))
    return tuple(found)


@compiled
def _decimated(samples: Block, weights: Block, count: int) -> Block:
    found = np.empty(count, np.float32)
    for i in range(count):
        total = np.float32(0)
        for k in range(weights.size):
            total += samples[i * _STEP + k] * weights[k]
        found[i] = total
    return found


@compiled
def _magnitudes(frames: Block, cosines: Block, sines: Block, begins: NDArray[np.int64]) -> Block:
    """From frames, shape (frames, 2 · half + 1), to magnitudes, shape (frames, bins)."""
    bins = len(begins) - 1
    found = np.empty((len(frames), bins), np.float32)
    half = frames.shape[1] // 2
    even = np.empty(half + 1, np.float32)
    odd = np.empty(half + 1, np.float32)
    for frame in range(len(frames)):
        samples = frames[frame]
        for t in range(half + 1):
            even[t] = samples[half + t] + samples[half - t]
            odd[t] = samples[half + t] - samples[half - t]
        even[0] = samples[half]
        for row in range(bins):
            begin = begins[row]
            re = im = np.float32(0)
            for t in range(begins[row + 1] - begin):
                re += cosines[begin + t] * even[t]
                im += sines[begin + t] * odd[t]
            found[frame, row] = np.sqrt(re * re + im * im)
    return found
