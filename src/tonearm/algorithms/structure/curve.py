"""Values over time, of which means between any two moments are wanted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


class Curve:
    """Keeps the mean of every so many frames in half precision."""

    def __init__(self, rate: float, width: int) -> None:
        """Means of `width` frames are kept, `rate` of them a second."""
        self._rate = rate
        self._width = width
        self._blocks: list[NDArray[np.float16]] = []
        self._pending: Floats | None = None

    def add(self, frames: Floats) -> None:
        """Shape (frames, n)."""
        held = frames if self._pending is None else np.concatenate((self._pending, frames))
        count = len(held) // self._width
        if count:
            cells = held[: count * self._width].reshape(count, self._width, -1).mean(axis=1)
            self._blocks.append(cells.astype(np.float16))
        self._pending = held[count * self._width :].copy()

    @property
    def empty(self) -> bool:
        return not self._blocks

    def means(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Between each two of these, in s and ascending: float64, shape (times - 1, n). Of at least one cell."""
        cells = np.concatenate(self._blocks).astype(np.float64)
        sums = np.concatenate((np.zeros((1, cells.shape[1])), np.cumsum(cells, axis=0)))
        places = np.clip(times * self._rate, 0, len(cells))
        # A stretch behind the last cell has its values.
        places[:-1] = np.minimum(places[:-1], len(cells) - 1e-3)
        places[1:] = np.maximum(places[1:], places[:-1] + 1e-3)
        below = np.minimum(places.astype(np.int64), len(cells) - 1)
        share = (places - below)[:, None]
        at = sums[below] * (1 - share) + sums[below + 1] * share
        return np.asarray(np.diff(at, axis=0) / np.diff(places)[:, None])
