"""Powers relative to what sounds with them, in dB, so that the level of the whole does not matter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FLOOR = 1e-5
"""What of a frame's power lies so far below it, 50 dB, is what a codec leaves of it."""

Floats = NDArray[np.floating]


def shares_in_decibels(powers: Floats) -> NDArray[np.float64]:
    """The share that each band has of its frame's power: from shape (frames, bands) to the same, -50 to 0."""
    total = powers.sum(axis=1, keepdims=True, dtype=np.float64)
    return np.asarray(10 * np.log10(powers / total + _FLOOR), np.float64)
