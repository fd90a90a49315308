"""Intervals of 95 % by drawing the recordings anew, with replacement (Efron, 1979: percentiles)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
_TAILS = (2.5, 97.5)

Values = NDArray[np.float64]
"""A number, or a row of them, for each recording. NaN for one that does not count."""
Statistic = Callable[[Values], Values]
"""From draws, shape (draws, recordings, …), to a figure of each, shape (draws,); NaN for a draw without one."""


def figure(values: Values, statistic: Statistic) -> float:
    return float(statistic(values[None])[0])


def interval(values: Values, statistic: Statistic) -> tuple[float, float]:
    """Raises ValueError for no values."""
    if not len(values):
        raise ValueError("no values to draw from")
    drawn = np.random.default_rng(0).integers(len(values), size=(DRAWS, len(values)))
    low, high = np.nanpercentile(statistic(values[drawn]), _TAILS)
    return float(low), float(high)


def mean(draws: Values) -> Values:
    return _of_those_that_count(np.nanmean, draws)


def median(draws: Values) -> Values:
    return _of_those_that_count(np.nanmedian, draws)


def _of_those_that_count(function: Callable[..., Values], draws: Values) -> Values:
    figures = np.full(len(draws), np.nan)
    some = ~np.isnan(draws).all(axis=1)
    figures[some] = function(draws[some], axis=1)
    return figures
