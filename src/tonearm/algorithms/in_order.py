"""Sums in single precision that depend on the order, and are equal to Essentia's in Essentia's order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def sum_in_order(values: NDArray[np.float32]) -> np.float32:
    """The sum of `values`, shape (n,), from the first one on; 0 if there is none. `numpy.sum` adds up in pairs."""
    return np.float32(np.cumsum(values)[-1]) if len(values) else np.float32(0)
