"""Values smoothed by a bell."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def smoothed(values: Floats, deviation: float, *, around: bool) -> Floats:
    """Along the first axis, by a Gaussian of this deviation, in values, cut off at three of them: same shape.

    What is beyond an end is the value at it, or, if `around`, what is at the other end.
    """
    reach = ceil(3 * deviation)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    places = np.arange(len(values))
    found = np.zeros_like(values)
    for offset, weight in zip(range(-reach, reach + 1), weights / weights.sum(), strict=True):
        shifted = places + offset
        found += weight * values[shifted % len(values) if around else np.clip(shifted, 0, len(values) - 1)]
    return found
