"""Rows multiplied with a small matrix, in one thread: BLAS would wake others, which wait busily for the next block."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled

Floats = NDArray[np.floating[Any]]


@compiled
def products(rows: Floats, matrix: Floats) -> NDArray[np.float32]:
    """From float32, shapes (n, m) and (m, k), to float32, shape (n, k)."""
    found = np.zeros((len(rows), matrix.shape[1]), np.float32)
    for row in range(len(rows)):
        for place in range(matrix.shape[0]):
            value = rows[row, place]
            # Most rises are zero.
            if value != 0:
                for k in range(matrix.shape[1]):
                    found[row, k] += value * matrix[place, k]
    return found
