"""What the features that describe spectra have in common."""

from __future__ import annotations

from abc import abstractmethod

from tonearm.algorithms.spectrum import complex_spectra
from tonearm.features.feature import Block, Extractor
from tonearm.features.frames import Framer


class SpectralExtractor(Extractor):
    """Cuts a signal into frames, transforms each, and yields one row per frame: float32, shape (frames, ...)."""

    def __init__(self, framer: Framer, fft: int) -> None:
        """`fft` is the length of the transform in samples; shorter frames are zero-padded to it."""
        self._framer = framer
        self._fft = fft

    def feed(self, block: Block) -> Block:
        return self._transform(self._framer.feed(block))

    def finish(self) -> Block:
        return self._transform(self._framer.finish())

    def _transform(self, frames: Block) -> Block:
        return self.describe(complex_spectra(frames, self._fft))

    @abstractmethod
    def describe(self, spectra: Block) -> Block:
        """From complex spectra, float32, shape (frames, 2 · bins), perhaps none, to one row for each.

        Real and imaginary parts come in turn. Called with consecutive frames, so it may keep state from one call to
        the next.
        """
