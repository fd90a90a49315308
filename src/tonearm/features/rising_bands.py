"""Bands that are evenly spaced in pitch, and how much each has risen: where notes begin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.log_bands import log_filterbank
from tonearm.algorithms.mel import band_extents
from tonearm.algorithms.windows import hann
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import WholeFrames
from tonearm.features.mono import Mono
from tonearm.features.spectral import SpectralExtractor


@dataclass(frozen=True)
class RisingBands(Feature):
    """float32, shape (frames, 2 · bands), never negative: log10(1 + magnitude) of each band, then its rise.

    The rise is the difference to the frame before it, or zero where that is negative, and in the first frame. Frame i
    is centred at sample i · hop; the last one is the last whose centre is in the signal.

    S. Böck, F. Krebs, G. Widmer: Joint beat and downbeat tracking with recurrent neural networks. ISMIR 2016.
    """

    rate: int
    """Of the mono signal, in Hz; so are `low` and `high`, the lowest and the highest centre of a band."""
    frame: int
    """An odd number of samples."""
    hop: int
    bands_per_octave: int
    low: float
    high: float

    @property
    def source(self) -> Feature:
        return Mono(self.rate)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Bands(self)


BEATNET_BANDS = RisingBands(22_050, 1411, 441, 24, 30, 17_000)
"""M. Heydari, F. Cwitkowitz, Z. Duan: BeatNet: CRNN and particle filtering for online joint beat downbeat and meter
tracking. ISMIR 2021. 136 bands at 50 Hz."""


class _Bands(SpectralExtractor):
    def __init__(self, bands: RisingBands) -> None:
        window = hann(bands.frame).astype(np.float32)
        super().__init__(WholeFrames(window, bands.hop, centred=True), bands.frame)
        self._filterbank = _filterbank(bands)
        self._extents = band_extents(self._filterbank)
        self._before: Block | None = None

    def describe(self, spectra: Block) -> Block:
        found = _rising(spectra, self._filterbank, self._extents, self._before)
        if len(found):
            self._before = found[-1, : len(self._filterbank)]
        return found


@cache
def centres(bands: RisingBands) -> tuple[float, ...]:
    """Where each band has its peak, in Hz."""
    bins = np.argmax(_filterbank(bands), axis=1)
    return tuple((bins * bands.rate / (bands.frame - 1)).tolist())


@cache
def _filterbank(bands: RisingBands) -> NDArray[np.float32]:
    bins = bands.frame // 2
    # For madmom the bins end at half the rate, so they are a little too high, as they were in training.
    frequencies = np.arange(bins) * bands.rate / (bands.frame - 1)
    return log_filterbank(frequencies, bands.bands_per_octave, bands.low, bands.high)


@compiled
def _rising(spectra: Block, filterbank: Block, extents: NDArray[np.int64], before: Block | None) -> Block:
    bands = len(filterbank)
    found = np.zeros((len(spectra), 2 * bands), np.float32)
    magnitudes = np.empty(filterbank.shape[1], np.float32)
    for frame in range(len(spectra)):
        for k in range(magnitudes.size):
            re, im = spectra[frame, 2 * k], spectra[frame, 2 * k + 1]
            magnitudes[k] = np.sqrt(re * re + im * im)
        for band in range(bands):
            total = np.float32(0)
            for k in range(extents[band, 0], extents[band, 1]):
                total += filterbank[band, k] * magnitudes[k]
            value = np.log10(np.float32(1) + total)
            found[frame, band] = value
            if frame > 0:
                found[frame, bands + band] = max(np.float32(0), value - found[frame - 1, band])
            elif before is not None:
                found[frame, bands + band] = max(np.float32(0), value - before[band])
    return found
