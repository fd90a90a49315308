"""Whether there is anything to hear in a signal, as Essentia judges it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SILENCE = 1e-10
"""Mean square of full scale: -100 dB."""


class Audibility:
    """Takes a signal in pieces, and says whether all of it is silent."""

    def __init__(self) -> None:
        self._energy = 0.0
        self._samples = 0

    def feed(self, block: NDArray[np.floating[Any]]) -> None:
        """Take the next samples, shape (n,), full scale at ±1."""
        self._energy += float(np.dot(block, block))
        self._samples += len(block)

    @property
    def silent(self) -> bool:
        """Whether the mean square of the samples so far is below -100 dB, or there is none."""
        return self._energy <= _SILENCE * self._samples
