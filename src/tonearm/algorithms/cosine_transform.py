"""The discrete cosine transform (type II) as a matrix, for what needs few of its coefficients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def cosines(values: int, coefficients: int) -> NDArray[np.float64]:
    """The first rows of the orthonormal transform of so many values: float64, shape (coefficients, values)."""
    # Deferred, as where spectra are made.
    from scipy.fft import dct

    return np.asarray(dct(np.eye(values), norm="ortho", axis=0)[:coefficients], np.float64)
