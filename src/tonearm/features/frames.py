"""A signal cut into overlapping windowed frames, block by block."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from tonearm.algorithms.compiled import compiled
from tonearm.features.feature import Block


class Framer:
    """Frames as long as a window, one every `hop` samples, multiplied by the window: float32, shape (frames, size).

    If `centred`, the first frame is centred at the first sample and the last one is the first whose centre reaches the
    end, as in Essentia's FrameCutter with startFromZero=false. Otherwise the first frame begins at the first sample and
    the last one is the first that reaches the end (startFromZero=true). Both matter: the number of frames decides the
    last beats and the mean of a chroma.
    """

    def __init__(self, window: Block, hop: int, *, centred: bool) -> None:
        self._window = window
        self._size = len(window)
        self._hop = hop
        self._centred = centred
        self._pending = np.zeros(self._size // 2 if centred else 0, np.float32)

    def feed(self, block: Block) -> Block:
        """Take the next samples, shape (n,); return the frames that are complete: float32, shape (frames, size)."""
        return self._take(self._append(block))

    def feed_in_parts(self, block: Block, most: int) -> list[Callable[[], Block]]:
        """Take the next samples; return calls that make, one after the other, the frames that `feed` would return.

        Each makes `most`, the last one the rest. They may be called in any order and by any thread.
        """
        count = self._append(block)
        calls: list[Callable[[], Block]] = [
            partial(_windowed, self._pending[i * self._hop :], self._window, self._hop, min(most, count - i))
            for i in range(0, count, most)
        ]
        self._drop(count)
        return calls

    def finish(self) -> Block:
        """The rest, zero-padded: float32, shape (frames, size)."""
        left = len(self._pending)
        count = min(1, left)
        if self._centred:
            starting = -(-left // self._hop)
            count = min(starting, 1 + max(0, -(-(left - self._size // 2) // self._hop)))
        short = (count - 1) * self._hop + self._size - left
        self._pending = np.concatenate((self._pending, np.zeros(max(0, short), np.float32)))
        return self._take(count)

    def _append(self, block: Block) -> int:
        """Returns how many frames are complete."""
        self._pending = np.concatenate((self._pending, block))
        # One frame is held back: whether it is the last one shows only when more samples follow.
        return max(0, (len(self._pending) - self._size - 1) // self._hop + 1)

    def _take(self, count: int) -> Block:
        frames = _windowed(self._pending, self._window, self._hop, count)
        self._drop(count)
        return frames

    def _drop(self, count: int) -> None:
        self._pending = self._pending[count * self._hop :]


class WholeFrames(Framer):
    """Frames as librosa and madmom cut them: only those that lie in the signal as a whole.

    If `centred`, the signal stands between zeros of half a frame, so frame i is centred at sample i · hop. A signal
    shorter than a frame gives one, too.
    """

    _begun = False

    def feed(self, block: Block) -> Block:
        self._pending = np.concatenate((self._pending, block))
        return self._complete()

    def finish(self) -> Block:
        """The rest: float32, shape (frames, size)."""
        half = self._size // 2 if self._centred else 0
        left = len(self._pending)
        if self._begun or left > half:
            zeros = half if self._begun else max(half, self._size - left)
            self._pending = np.concatenate((self._pending, np.zeros(zeros, np.float32)))
        return self._complete()

    def _complete(self) -> Block:
        count = max(0, (len(self._pending) - self._size) // self._hop + 1)
        self._begun = self._begun or count > 0
        return self._take(count)


@compiled
def _windowed(samples: Block, window: Block, hop: int, count: int) -> Block:
    frames = np.empty((count, window.size), np.float32)
    for frame in range(count):
        begin = frame * hop
        for i in range(window.size):
            frames[frame, i] = samples[begin + i] * window[i]
    return frames
