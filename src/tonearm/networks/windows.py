"""Frames gathered to overlapping windows, as networks take them."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tonearm.features import Block


class Windows:
    """Windows of `size` frames with so many `bands`, one each `hop` frames."""

    def __init__(self, size: int, hop: int, bands: int) -> None:
        self._size = size
        self._hop = hop
        self._bands = bands
        self._pending = np.empty((0, bands), np.float32)

    def add(self, frames: Block) -> None:
        """Take the next frames: float32, shape (n, bands)."""
        self._pending = np.concatenate((self._pending, frames))

    @property
    def ready(self) -> int:
        """How many windows are complete."""
        return max(0, (len(self._pending) - self._size) // self._hop + 1)

    def take(self, count: int) -> Block:
        """The next windows, at most `ready`: float32, shape (count, bands, size)."""
        if not count:
            return np.empty((0, self._bands, self._size), np.float32)
        windows = sliding_window_view(self._pending, self._size, axis=0)[:: self._hop][:count]
        self._pending = self._pending[count * self._hop :]
        return windows

    @property
    def rest(self) -> Block:
        """The frames from the beginning of the next window on: float32, shape (n, bands)."""
        return self._pending


def standardised(windows: Block) -> Block:
    """Scale each window to mean 0 and standard deviation 1, dimensionless.

    Takes and returns float32, shape (windows, bands, frames). A window whose values are all the same becomes 0.
    """
    mean = windows.mean(axis=(1, 2), keepdims=True)
    deviation = windows.std(axis=(1, 2), keepdims=True)
    return np.asarray((windows - mean) / np.where(deviation > 0, deviation, 1), np.float32)
