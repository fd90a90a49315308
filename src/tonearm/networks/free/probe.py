"""An input that is the same on every machine: what the original implementation was asked for its known answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_STEP = (np.sqrt(5) - 1) / 2
"""Multiples of the golden ratio, modulo 1, fill the interval evenly and do not repeat."""


def probe(shape: Sequence[int], low: float, high: float) -> NDArray[np.float32]:
    """Values between `low` and `high`: float32, of that shape."""
    places = np.arange(1, 1 + np.prod(shape, dtype=int)) ** 1.5 * _STEP % 1
    return np.asarray(low + (high - low) * places, np.float32).reshape(shape)
