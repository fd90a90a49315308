"""Autocorrelation by its definition.

Of values that are mostly zero, as rectified onset detection functions are, it is faster than two Fourier transforms,
and exact: where no two values meet it is zero, and not a rounding error, which a division by the sum would blow up
into a periodicity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled


@compiled
def add_products(values: NDArray[np.float64], count: int, sums: NDArray[np.float64]) -> None:
    """Add the products of each of the first `count` values with those `lag` places later to `sums[lag]`.

    `values` has shape (n,), `sums` (lags,). With `count` = n for one signal, or with the values in pieces, each but the
    last with the `lags` - 1 that follow: then `sums` is the autocorrelation, in the square of the unit of the values.
    """
    for i in range(count):
        value = values[i]
        if value != 0:
            for lag in range(min(sums.size, values.size - i)):
                sums[lag] += value * values[i + lag]
