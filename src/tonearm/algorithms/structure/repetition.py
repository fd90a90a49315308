"""Where something begins or ends that is heard again elsewhere.

J. Serrà, M. Müller, P. Grosche, J. L. Arcos: Unsupervised music structure annotation by time series structure features
and segment similarity. IEEE Transactions on Multimedia 16(5), 2014.
"""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.structure.smoothing import smoothed

Floats = NDArray[np.float64]

_NEIGHBOURS = 0.04
"""Share of all bars that are taken for repetitions of one."""
_LAG, _TIME = 0.5, 1.5
"""Bars, the deviations of the bells that repetitions are smoothed with."""


def repetition_borders(harmony: Floats) -> Floats:
    """How clearly a repetition begins or ends before each bar: float64, shape (bars,), 1 where it is clearest.

    `harmony` is what sounds in each bar, vectors of length 1: shape (bars, n). Takes memory for bars squared.
    """
    bars = len(harmony)
    found = np.zeros(bars)
    if bars < 4:
        return found
    # Each bar with the next one: two in a row are less often alike by chance.
    likeness = harmony @ harmony.T
    likeness = likeness + np.roll(likeness, (-1, -1), axis=(0, 1))
    places = np.arange(bars)
    likeness[np.abs(places[:, None] - places) < 2] = -np.inf
    count = max(2, ceil(_NEIGHBOURS * bars))
    bound = np.partition(likeness, bars - count, axis=1)[:, bars - count]
    recurs = (likeness >= bound[:, None]) & (likeness >= bound)
    by_lag = recurs[places[:, None], (places[:, None] + places) % bars].astype(np.float64)
    features = smoothed(smoothed(by_lag, _TIME, around=False).T, _LAG, around=True).T
    found[1:] = np.square(np.diff(features, axis=0)).sum(axis=1)
    highest = found.max()
    return found / highest if highest > 0 else found
