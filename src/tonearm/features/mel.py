"""Mel bands: the front ends of networks, as Essentia's TensorflowInput algorithms or as librosa compute them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.mel import Scale, band_extents, mel_filterbank
from tonearm.algorithms.spectrum import power_spectrum
from tonearm.algorithms.windows import hann, periodic_hann
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import Framer, WholeFrames
from tonearm.features.mono import Mono
from tonearm.features.repeated import Repeated
from tonearm.features.spectral import SpectralExtractor

Compression = Literal["log10(1 + 10000 x)", "log(x + 0.01)", "none"]
Conventions = Literal["essentia", "librosa"]
"""Essentia's examples resample linearly, its Hann window is symmetric, and the last frame reaches the end. With
librosa, resampling is clean, the window periodic, and every frame lies in the signal as a whole."""


@dataclass(frozen=True)
class MelBands(Feature):
    """float32, shape (frames, bands): triangles over spectra of Hann frames.

    Dimensionless: linear magnitude or power, compressed by `compression`; negative only after log(x + 0.01).
    """

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
    conventions: Conventions = "essentia"
    centred: bool = True
    """Whether the first frame is centred on the first sample, or begins there."""
    repeated: int = 0
    """Shorter audio is repeated until it lasts so many seconds."""

    @property
    def source(self) -> Feature:
        if self.repeated:
            return Repeated(self.rate, self.repeated)
        return Mono(self.rate, linear=self.conventions == "essentia")

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Bands(self)


MUSICNN_MEL = MelBands(16_000, 512, 256, 512, 96, 0, 8000, "slaney", True, "log10(1 + 10000 x)")
"""J. Pons, X. Serra: musicnn: pre-trained convolutional neural networks for music audio tagging. 2019."""
VGGISH_MEL = MelBands(16_000, 400, 160, 512, 64, 125, 7500, "htk", False, "log(x + 0.01)")
"""S. Hershey et al.: CNN architectures for large-scale audio classification. ICASSP 2017."""
TEMPOCNN_MEL = MelBands(11_025, 1024, 512, 1024, 40, 20, 5000, "slaney", False, "none")
"""H. Schreiber, M. Müller: A single-step approach to musical tempo estimation using a CNN. ISMIR 2018."""
LIBROSA_TEMPOCNN_MEL = MelBands(
    11_025, 1024, 512, 1024, 40, 20, 5000, "slaney", False, "none", conventions="librosa", repeated=24
)
"""As the networks of TempoCNN's own package were trained with. But there, short audio stands among zeros: of 36 loops,
k8 finds the tempo of 14 so, and of 29 if they are repeated."""
LIBROSA_MUSICNN_MEL = MelBands(
    16_000, 512, 256, 512, 96, 0, 8000, "slaney", True, "log10(1 + 10000 x)", conventions="librosa"
)
"""As in MusiCNN's own package, which loses loud music to overflows of half precision; here there are none."""
VIBENET_MEL = MelBands(
    16_000, 640, 320, 1024, 128, 0, 8000, "slaney", True, "none", conventions="librosa", centred=False
)
"""J. Shim: VibeNet 0.1.0, 2025, before its decibels."""
SIMILARITY_MEL = MelBands(22_050, 1024, 512, 1024, 40, 30, 9000, "htk", True, "none", conventions="librosa")
"""What tracks are compared by: up to where every usual codec and rate has something."""


class _Bands(SpectralExtractor):
    def __init__(self, mel: MelBands) -> None:
        essentia = mel.conventions == "essentia"
        window = hann(mel.frame) if essentia else periodic_hann(mel.frame)
        frames = Framer if essentia else WholeFrames
        super().__init__(frames(window.astype(np.float32), mel.hop, centred=mel.centred), mel.fft)
        self._mel = mel
        self._filterbank = mel_filterbank(
            rate=mel.rate,
            fft=mel.fft,
            bands=mel.bands,
            low=mel.low,
            high=mel.high,
            scale=mel.scale,
            normalisation="area" if mel.scale == "slaney" else "height",
        )
        self._extents = band_extents(self._filterbank)

    def describe(self, spectra: Block) -> Block:
        in_decades = self._mel.compression == "log10(1 + 10000 x)"
        in_nepers = self._mel.compression == "log(x + 0.01)"
        return _bands(spectra, self._filterbank, self._extents, self._mel.power, in_decades, in_nepers)


@compiled
def _bands(
    spectra: Block, filterbank: Block, extents: NDArray[np.int64], power: bool, in_decades: bool, in_nepers: bool
) -> Block:
    found = np.empty((len(spectra), len(filterbank)), np.float32)
    bins = np.empty(filterbank.shape[1], np.float32)
    # Arrays of their own: read from the columns of `extents`, they make the innermost loop a fifth slower.
    first, last = extents[:, 0].copy(), extents[:, 1].copy()
    for frame in range(len(spectra)):
        power_spectrum(spectra[frame], bins)
        if not power:
            for k in range(bins.size):
                bins[k] = np.sqrt(bins[k])
        for band in range(len(filterbank)):
            total = np.float32(0)
            for k in range(first[band], last[band]):
                total += filterbank[band, k] * bins[k]
            if in_decades:
                total = np.log10(np.float32(1) + np.float32(10_000) * total)
            elif in_nepers:
                total = np.log(total + np.float32(0.01))
            found[frame, band] = total
    return found
