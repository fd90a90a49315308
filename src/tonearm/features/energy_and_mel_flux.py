"""Two onset detection functions of Essentia's multifeature beat tracker: how much louder each frame is than the last.

Energy: J. Laroche: Efficient tempo and beat tracking in audio recordings. Journal of the Audio Engineering Society
51(4), 2003. Mel bands: D. P. W. Ellis: Beat tracking by dynamic programming. Journal of New Music Research 36(1), 2007.
As Essentia's OnsetDetection, methods "rms" and "melflux".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.mel import band_extents, mel_filterbank
from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.algorithms.spectrum import power_spectrum
from tonearm.audio.pcm import PcmFormat
from tonearm.features.complex_spectra import ComplexSpectra
from tonearm.features.feature import Block, Extractor, Feature

_FRAME, _HOP = 2048, 1024
_BANDS, _HIGHEST = 40, 4000.0
_SILENCE = 1e-10
_LOUDEST = 1e300
"""What precedes the first frame, so that it rises from nothing."""


@dataclass(frozen=True)
class EnergyAndMelFlux(Feature):
    """float32, shape (frames, 2): the rise of the root mean square of the spectrum, and of mel bands in dB, summed.

    One row every 1024 samples at 44.1 kHz, of Hann frames of 2048 samples, the first one zero; never negative. The
    bands are 40, up to 4 kHz; the energy is of full scale.
    """

    @property
    def source(self) -> Feature:
        return ComplexSpectra(_FRAME, _HOP)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Fluxes()


class _Fluxes(Extractor):
    def __init__(self) -> None:
        self._filterbank = mel_filterbank(
            rate=ANALYSIS_RATE, fft=_FRAME, bands=_BANDS, low=0, high=_HIGHEST, scale="htk", normalisation="sum"
        )
        self._extents = band_extents(self._filterbank)
        self._last = np.full(1 + _BANDS, _LOUDEST)

    def feed(self, block: Block) -> Block:
        return _rises(block, self._filterbank, self._extents, self._last)

    def finish(self) -> Block:
        return np.empty((0, 2), np.float32)


@compiled
def _rises(spectra: Block, filterbank: Block, extents: NDArray[np.int64], last: Block) -> Block:
    """`last` is the root mean square and the levels of the bands in the frame before, shape (1 + bands,): the state."""
    rises = np.zeros((len(spectra), 2), np.float32)
    powers = np.empty(filterbank.shape[1], np.float32)
    first, end = extents[:, 0].copy(), extents[:, 1].copy()
    for frame in range(len(spectra)):
        power_spectrum(spectra[frame], powers)
        size = np.sqrt(np.float64(powers.sum())) / powers.size
        rises[frame, 0] = max(size - last[0], 0.0)
        last[0] = size
        total = 0.0
        for band in range(len(filterbank)):
            power = np.float32(0)
            for k in range(first[band], end[band]):
                power += filterbank[band, k] * powers[k]
            level = 20 * np.log10(max(np.float64(power), _SILENCE))
            total += max(level - last[1 + band], 0.0)
            last[1 + band] = level
        rises[frame, 1] = total
    return rises
