"""A signal cut into overlapping frames, block by block."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tonearm.features.feature import Block


def hann(size: int) -> Block:
    """Essentia's Hann window: symmetric, its sum normalised to 2."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / (size - 1))
    return np.asarray(window * 2 / window.sum(), np.float32)


class Framer:
    """Frames of `size` samples every `hop`, the first one starting `lead` samples of silence before the signal.

    Frames are float32, shape (frames, size), and may be views. The two ways Essentia's FrameCutter ends are both here,
    because the number of frames decides the last beats and the mean of a chroma.
    """

    def __init__(self, size: int, hop: int, lead: int) -> None:
        self._size = size
        self._hop = hop
        self._pending = np.zeros(lead, np.float32)

    def feed(self, block: Block) -> Block:
        self._pending = np.concatenate((self._pending, block))
        # One frame is held back: whether it is the last one shows only when more samples follow.
        count = (len(self._pending) - self._size - 1) // self._hop + 1
        return self._take(count) if count > 0 else self._none()

    def finish_covering(self) -> Block:
        """The rest, zero-padded, so that the last frame is the first one to reach the end (startFromZero=true)."""
        return self._pad(1) if len(self._pending) else self._none()

    def finish_starting(self) -> Block:
        """The rest, zero-padded: every frame that starts before the end (startFromZero=false)."""
        return self._pad(-(-len(self._pending) // self._hop))

    def _pad(self, count: int) -> Block:
        short = (count - 1) * self._hop + self._size - len(self._pending)
        self._pending = np.concatenate((self._pending, np.zeros(max(0, short), np.float32)))
        return self._take(count)

    def _take(self, count: int) -> Block:
        frames = sliding_window_view(self._pending, self._size)[:: self._hop][:count]
        self._pending = self._pending[count * self._hop :]
        return frames

    def _none(self) -> Block:
        return np.empty((0, self._size), np.float32)
