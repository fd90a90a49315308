"""The two onset detection functions of Essentia's OnsetRate, in batches of frames.

High frequency content: P. Brossier, J. P. Bello, M. D. Plumbley: Fast labelling of notes in music signals. ISMIR, 2004.
Complex spectral difference: see `onsets`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft

from tonearm.algorithms.compiled import compiled
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import Framer, hann
from tonearm.features.mono import Mono
from tonearm.features.onsets import RATE, SpectralDifference

_FRAME, _HOP = 1024, 512


@dataclass(frozen=True)
class OnsetFunctions(Feature):
    """float32, shape (frames, 2): high frequency content and complex difference every 512 samples at 44.1 kHz.

    Of Hann frames of 1024 samples; never negative.
    """

    @property
    def source(self) -> Feature:
        return Mono(RATE)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Functions()


class _Functions(Extractor):
    def __init__(self) -> None:
        self._framer = Framer(hann(_FRAME), _HOP, lead=0)
        self._difference = SpectralDifference(_FRAME)

    def feed(self, block: Block) -> Block:
        return self._detect(self._framer.feed(block))

    def finish(self) -> Block:
        return self._detect(self._framer.finish_covering())

    def _detect(self, frames: Block) -> Block:
        if not len(frames):
            return np.empty((0, 2), np.float32)
        parts = scipy.fft.rfft(frames, axis=1, overwrite_x=True).view(np.float32)
        return np.stack((_high_frequency_contents(parts), self._difference(parts)), axis=1)


@compiled
def _high_frequency_contents(parts: Block) -> Block:
    """The sum of magnitudes times frequencies of each spectrum, given as real and imaginary parts in turn."""
    hertz = RATE / _FRAME
    contents = np.empty(parts.shape[0], np.float32)
    for frame in range(parts.shape[0]):
        total = np.float32(0)
        for k in range(parts.shape[1] // 2):
            re, im = parts[frame, 2 * k], parts[frame, 2 * k + 1]
            total += np.float32(k) * np.sqrt(re * re + im * im)
        contents[frame] = total * hertz
    return contents
