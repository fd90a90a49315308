"""A signal cut into overlapping windowed frames, block by block."""

from __future__ import annotations

import numpy as np

from tonearm.algorithms.compiled import compiled
from tonearm.features.feature import Block


def hann(size: int) -> Block:
    """Essentia's Hann window: symmetric, its sum normalised to 2."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / (size - 1))
    return np.asarray(window * 2 / window.sum(), np.float32)


class Framer:
    """Frames as long as a window, every `hop` samples, the first starting `lead` samples of silence before the signal.

    Frames are float32, shape (frames, size), times the window. The two ways Essentia's FrameCutter ends are both here,
    because the number of frames decides the last beats and the mean of a chroma.
    """

    def __init__(self, window: Block, hop: int, lead: int) -> None:
        self._window = window
        self._size = len(window)
        self._hop = hop
        self._pending = np.zeros(lead, np.float32)

    def feed(self, block: Block) -> Block:
        self._pending = np.concatenate((self._pending, block))
        # One frame is held back: whether it is the last one shows only when more samples follow.
        return self._take(max(0, (len(self._pending) - self._size - 1) // self._hop + 1))

    def finish_covering(self) -> Block:
        """The rest, zero-padded, so that the last frame is the first one to reach the end (startFromZero=true)."""
        return self._pad(1 if len(self._pending) else 0)

    def finish_centred(self) -> Block:
        """The rest, zero-padded: the last frame is the first whose centre reaches the end (startFromZero=false)."""
        left = len(self._pending)
        starting = -(-left // self._hop)
        return self._pad(min(starting, 1 + max(0, -(-(left - self._size // 2) // self._hop))))

    def _pad(self, count: int) -> Block:
        short = (count - 1) * self._hop + self._size - len(self._pending)
        self._pending = np.concatenate((self._pending, np.zeros(max(0, short), np.float32)))
        return self._take(count)

    def _take(self, count: int) -> Block:
        frames = _windowed(self._pending, self._window, self._hop, count)
        self._pending = self._pending[count * self._hop :]
        return frames


@compiled
def _windowed(samples: Block, window: Block, hop: int, count: int) -> Block:
    frames = np.empty((count, window.size), np.float32)
    for frame in range(count):
        begin = frame * hop
        for i in range(window.size):
            frames[frame, i] = samples[begin + i] * window[i]
    return frames
