"""Whether a probability of 0.8 is right eight times of ten."""

from __future__ import annotations

import numpy as np

from bench.accuracy.bootstrap import Values

BINS = 5
_TIMES = 100


def calibration_error(draws: Values) -> Values:
    """Expected calibration error in bins of equal counts (Nixon et al., 2019), shape (draws,): 0 is perfect.

    `draws`, shape (draws, recordings, 2): the probability, and 1 where the answer was right, else 0.
    """
    order = np.argsort(draws[:, :, 0], axis=1, kind="stable")
    gaps = np.take_along_axis(draws[:, :, 0] - draws[:, :, 1], order, axis=1)
    sums = [np.abs(part.sum(axis=1)) for part in np.array_split(gaps, BINS, axis=1)]
    errors: Values = np.sum(sums, axis=0) / draws.shape[1]
    return errors


def error_by_chance(draws: Values) -> Values:
    """The calibration error that there is, on average, where each probability is exactly right: the fewer the
    recordings, the more (Bröcker and Smith, 2007). `draws` as above; what was right is not looked at.
    """
    random = np.random.default_rng(0)
    said = draws[:, :, 0]
    total = np.zeros(len(draws))
    for _ in range(_TIMES):
        right = random.random(said.shape) < said
        total += calibration_error(np.stack((said, right), axis=2))
    return total / _TIMES
