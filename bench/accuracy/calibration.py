"""Whether a probability of 0.8 is right eight times of ten."""

from __future__ import annotations

import numpy as np

from bench.accuracy.bootstrap import Values

BINS = 5


def calibration_error(draws: Values) -> Values:
    """Expected calibration error in bins of equal counts (Nixon et al., 2019), shape (draws,): 0 is perfect.

    `draws`, shape (draws, recordings, 2): the probability, and 1 where the answer was right, else 0.
    """
    order = np.argsort(draws[:, :, 0], axis=1, kind="stable")
    gaps = np.take_along_axis(draws[:, :, 0] - draws[:, :, 1], order, axis=1)
    sums = [np.abs(part.sum(axis=1)) for part in np.array_split(gaps, BINS, axis=1)]
    errors: Values = np.sum(sums, axis=0) / draws.shape[1]
    return errors
