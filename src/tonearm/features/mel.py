"""Mel bands: the front ends of MTG's networks, as Essentia's TensorflowInput algorithms compute them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import Framer
from tonearm.features.mono import Mono

Scale = Literal["slaney", "htk"]
Compression = Literal["log10(1 + 10000 x)", "log(x + 0.01)", "none"]


@dataclass(frozen=True)
class MelBands(Feature):
    """float32, shape (frames, bands): triangles over spectra of Hann frames, the first centred on the first sample."""

    rate: int
    """Of the mono signal, in Hz; so are `low` and `high`, the ends of the first and the last triangle."""
    frame: int
    hop: int
    fft: int
    """Length of the transform: a frame is followed by zeros up to it."""
    bands: int
    low: float
    high: float
    scale: Scale
    power: bool
    """Whether the triangles weigh squares of magnitudes, or magnitudes."""
    compression: Compression

    @property
    def source(self) -> Feature:
        return Mono(self.rate, linear=True)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Bands(self)


MUSICNN_MEL = MelBands(16_000, 512, 256, 512, 96, 0, 8000, "slaney", True, "log10(1 + 10000 x)")
"""J. Pons, X. Serra: musicnn: pre-trained convolutional neural networks for music audio tagging. 2019."""
VGGISH_MEL = MelBands(16_000, 400, 160, 512, 64, 125, 7500, "htk", False, "log(x + 0.01)")
"""S. Hershey et al.: CNN architectures for large-scale audio classification. ICASSP 2017."""
TEMPOCNN_MEL = MelBands(11_025, 1024, 512, 1024, 40, 20, 5000, "slaney", False, "none")
"""H. Schreiber, M. Müller: A single-step approach to musical tempo estimation using a CNN. ISMIR 2018."""


class _Bands(Extractor):
    def __init__(self, mel: MelBands) -> None:
        self._mel = mel
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(mel.frame) / (mel.frame - 1))
        self._framer = Framer(window.astype(np.float32), mel.hop, lead=mel.frame // 2)
        self._weights = triangles(mel)
        inside = self._weights > 0
        self._ends = np.stack((inside.argmax(axis=1), inside.shape[1] - inside[:, ::-1].argmax(axis=1)), axis=1)

    def feed(self, block: Block) -> Block:
        return self._describe(self._framer.feed(block))

    def finish(self) -> Block:
        return self._describe(self._framer.finish_centred())

    def _describe(self, frames: Block) -> Block:
        spectra = scipy.fft.rfft(frames, self._mel.fft, axis=1, overwrite_x=True).view(np.float32)
        return _bands(spectra, self._weights, self._ends, self._mel.power, self._mel.compression)


def triangles(mel: MelBands) -> NDArray[np.float32]:
    """The weight of each bin in each band, shape (bands, bins).

    Slaney's triangles are straight over frequency and have one area, HTK's are straight over mel and have one height.
    """
    to_mel, to_hertz = (_slaney, _from_slaney) if mel.scale == "slaney" else (_htk, _from_htk)
    ends = to_mel(np.array([mel.low, mel.high], np.float64))
    corners: NDArray[np.float64] = to_hertz(np.linspace(ends[0], ends[1], mel.bands + 2))
    bins = np.arange(mel.fft // 2 + 1, dtype=np.float64) * (mel.rate / mel.fft)
    if mel.scale == "htk":
        corners, bins = _htk(corners), _htk(bins)
    left, peak, right = (corners[i : i + mel.bands, None] for i in range(3))
    rise = (bins - left) / (peak - left)
    fall = (right - bins) / (right - peak)
    weights = np.maximum(0, np.minimum(rise, fall))
    return np.asarray(weights * 2 / (right - left) if mel.scale == "slaney" else weights, np.float32)


_SLANEY_KNEE = 1000.0
_SLANEY_SLOPE = 3 / 200
_SLANEY_STEP = np.log(6.4) / 27


def _slaney(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    above = _SLANEY_KNEE * _SLANEY_SLOPE + np.log(np.maximum(hertz, 1) / _SLANEY_KNEE) / _SLANEY_STEP
    return np.where(hertz < _SLANEY_KNEE, hertz * _SLANEY_SLOPE, above)


def _from_slaney(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = _SLANEY_KNEE * _SLANEY_SLOPE
    return np.where(mel < knee, mel / _SLANEY_SLOPE, _SLANEY_KNEE * np.exp((mel - knee) * _SLANEY_STEP))


def _htk(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    mel: NDArray[np.float64] = 2595 * np.log10(1 + hertz / 700)
    return mel


def _from_htk(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    hertz: NDArray[np.float64] = 700 * (10 ** (mel / 2595) - 1)
    return hertz


@compiled
def _bands(spectra: Block, weights: Block, ends: NDArray[np.int64], power: bool, compression: str) -> Block:
    found = np.empty((len(spectra), len(weights)), np.float32)
    bins = np.empty(weights.shape[1], np.float32)
    for frame in range(len(spectra)):
        for k in range(bins.size):
            re, im = spectra[frame, 2 * k], spectra[frame, 2 * k + 1]
            bins[k] = re * re + im * im
        if not power:
            bins[:] = np.sqrt(bins)
        for band in range(len(weights)):
            total = np.float32(0)
            for k in range(ends[band, 0], ends[band, 1]):
                total += weights[band, k] * bins[k]
            if compression == "log10(1 + 10000 x)":
                total = np.log10(np.float32(1) + np.float32(10_000) * total)
            elif compression == "log(x + 0.01)":
                total = np.log(total + np.float32(0.01))
            found[frame, band] = total
    return found
