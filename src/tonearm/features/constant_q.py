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
from tonearm.features.spectral import SpectralExtractor

_FLOOR = 1e-3
"""Weights below this share of a bin's largest are left out."""


@dataclass(frozen=True)
class ConstantQ(Feature):
    """float32, shape (frames, bins), never negative: mono at `rate` Hz, magnitudes scaled as librosa's cqt does.

    Frame i is centred at sample i · hop, zeros stand around the signal, and a full-scale sine has about √(n) / 2 with n
    samples in the window of its bin.

    J. C. Brown, M. S. Puckette: An efficient algorithm for the calculation of a constant Q transform. JASA 92(5), 1992.
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


class _Magnitudes(SpectralExtractor):
    def __init__(self, transform: ConstantQ) -> None:
        size, self._weights, self._extents = _kernels(transform)
        # The windows are the kernels' own.
        super().__init__(WholeFrames(np.ones(size, np.float32), transform.hop, centred=True), size)

    def describe(self, spectra: Block) -> Block:
        return _magnitudes(spectra, self._weights, self._extents)


def window_lengths(transform: ConstantQ) -> NDArray[np.float64]:
    """Of each bin, in samples: float64, shape (bins,), as in librosa since 0.10."""
    ratio = 2 ** (2 / transform.bins_per_octave)
    quality = (ratio + 1) / (ratio - 1)
    frequencies = transform.lowest * 2 ** (np.arange(transform.bins) / transform.bins_per_octave)
    return np.asarray(quality * transform.rate / frequencies, np.float64)


@cache
def _kernels(transform: ConstantQ) -> tuple[int, NDArray[np.float32], NDArray[np.int64]]:
    """The length of a spectrum's frame, weights for its bins, of all rows one after another, and where a row begins.

    A window is symmetric around the middle of its frame, so its transform is real, with a sign that alternates. Extents
    are int64, shape (bins + 1, 2): the first bin of the spectrum, and the first weight.
    """
    lengths = window_lengths(transform)
    size = 1 << int(np.ceil(np.log2(lengths[0])))
    weights: list[NDArray[np.float64]] = []
    extents = np.zeros((transform.bins + 1, 2), np.int64)
    signs = 1.0 - 2.0 * (np.arange(size // 2 + 1) % 2)
    for row, length in enumerate(lengths):
        times = np.arange(np.ceil(-length / 2), np.floor(length / 2) + 1)
        window = 0.5 + 0.5 * np.cos(2 * np.pi * times / length)
        window *= np.sqrt(length) / window.sum() / size
        frequency = transform.lowest * 2 ** (row / transform.bins_per_octave)
        kernel = np.zeros(size, np.complex128)
        kernel[times.astype(np.int64) % size] = window * np.exp(2j * np.pi * frequency * times / transform.rate)
        spectrum = np.fft.fft(kernel).real[: size // 2 + 1]
        (large,) = np.nonzero(np.abs(spectrum) >= _FLOOR * np.abs(spectrum).max())
        part = slice(large[0], large[-1] + 1)
        extents[row, 0] = part.start
        extents[row + 1, 1] = extents[row, 1] + part.stop - part.start
        weights.append(spectrum[part] * signs[part])
    return size, np.concatenate(weights).astype(np.float32), extents


@compiled
def _magnitudes(spectra: Block, weights: Block, extents: NDArray[np.int64]) -> Block:
    bins = len(extents) - 1
    found = np.empty((len(spectra), bins), np.float32)
    for frame in range(len(spectra)):
        spectrum = spectra[frame]
        for row in range(bins):
            begin = extents[row, 1]
            place = 2 * extents[row, 0]
            re = im = np.float32(0)
            for k in range(extents[row + 1, 1] - begin):
                weight = weights[begin + k]
                re += weight * spectrum[place + 2 * k]
                im += weight * spectrum[place + 2 * k + 1]
            found[frame, row] = np.sqrt(re * re + im * im)
    return found
