"""The two onset detection functions of Essentia's OnsetRate, in batches of frames.

High frequency content: P. Brossier, J. P. Bello, M. D. Plumbley: Fast labelling of notes in music signals. ISMIR, 2004.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.complex_difference import ComplexDifference
from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.audio.pcm import PcmFormat
from tonearm.features.complex_spectra import ComplexSpectra
from tonearm.features.feature import Block, Extractor, Feature

_FRAME, _HOP = 1024, 512


@dataclass(frozen=True)
class OnsetDetectionFunctions(Feature):
    """float32, shape (frames, 2): high frequency content in Hz and complex spectral difference, both of full scale.

    One row every 512 samples at 44.1 kHz, of Hann frames of 1024 samples; never negative.
    """

    @property
    def source(self) -> Feature:
        return ComplexSpectra(_FRAME, _HOP)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Functions()


class _Functions(Extractor):
    def __init__(self) -> None:
        self._difference = ComplexDifference(_FRAME // 2 + 1)

    def feed(self, block: Block) -> Block:
        return np.stack((_high_frequency_contents(block), self._difference(block)), axis=1)

    def finish(self) -> Block:
        return np.empty((0, 2), np.float32)


@compiled
def _high_frequency_contents(spectra: Block) -> Block:
    """The sum of magnitudes times frequencies of each complex spectrum."""
    hertz = ANALYSIS_RATE / _FRAME
    contents = np.empty(spectra.shape[0], np.float32)
    for frame in range(spectra.shape[0]):
        total = np.float32(0)
        for k in range(spectra.shape[1] // 2):
            re, im = spectra[frame, 2 * k], spectra[frame, 2 * k + 1]
            total += np.float32(k) * np.sqrt(re * re + im * im)
        contents[frame] = total * hertz
    return contents
