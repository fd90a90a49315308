"""How much of what is heard is heard on the beats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_AROUND = 2
"""Frames to either side of a beat."""


def pulse(strength: Floats, beats: Floats) -> float:
    """How much more of `strength`, shape (frames,), is around the beats, in frames, than by chance; at most 1."""
    around = np.zeros(len(strength), bool)
    near = np.rint(beats).astype(np.int64)[:, None] + np.arange(-_AROUND, _AROUND + 1)
    around[np.clip(near, 0, len(strength) - 1)] = True
    chance = float(around.mean())
    if chance == 1:
        return 0.0
    return (float(strength[around].sum() / strength.sum()) - chance) / (1 - chance)
