"""Magnitude spectra of overlapping frames, in batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.fft

from tonearm.algorithms.compiled import compiled
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import Framer, hann
from tonearm.features.mono import Mono

RATE = 44_100


@dataclass(frozen=True)
class Spectra(Feature):
    """float32, shape (frames, frame // 2 + 1), never negative: mono at 44.1 kHz, a full-scale sine has about 1.

    Frame i is centred at sample i · hop and windowed as Essentia's Windowing does; every frame that starts before the
    end is there, as Essentia's FrameGenerator has them.
    """

    frame: int
    hop: int
    window: Literal["hann", "blackmanharris62"]

    @property
    def source(self) -> Feature:
        return Mono(RATE)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        window = hann(self.frame) if self.window == "hann" else _blackman_harris_62(self.frame)
        return _Transform(Framer(window, self.hop, lead=self.frame // 2))


class _Transform(Extractor):
    def __init__(self, framer: Framer) -> None:
        self._framer = framer

    def feed(self, block: Block) -> Block:
        return _spectra(self._framer.feed(block))

    def finish(self) -> Block:
        return _spectra(self._framer.finish_centred())


def _blackman_harris_62(size: int) -> Block:
    """F. J. Harris: On the use of windows for harmonic analysis with the discrete Fourier transform, 1978; sum 2."""
    turn = 2 * np.pi * np.arange(size) / (size - 1)
    window = 0.44959 - 0.49364 * np.cos(turn) + 0.05677 * np.cos(2 * turn)
    return np.asarray(window * 2 / window.sum(), np.float32)


def _spectra(frames: Block) -> Block:
    return _magnitudes(scipy.fft.rfft(frames, axis=1, overwrite_x=True).view(np.float32))


@compiled
def _magnitudes(parts: Block) -> Block:
    """From real and imaginary parts in turn, shape (frames, 2 · bins), to shape (frames, bins)."""
    magnitudes = np.empty((parts.shape[0], parts.shape[1] // 2), np.float32)
    for frame in range(magnitudes.shape[0]):
        for k in range(magnitudes.shape[1]):
            re, im = parts[frame, 2 * k], parts[frame, 2 * k + 1]
            magnitudes[frame, k] = np.sqrt(re * re + im * im)
    return magnitudes
