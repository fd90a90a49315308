"""The noise that the beat tracker adds to its observations: that of the GNU C library's rand() in a fresh process.

It decides between periods that are equally likely. Drawing it here gives the same beats on every system, whatever
else in the process draws from the library's own generator.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled

_LARGEST = 2**31 - 1
_SEED = 1
_STATE = 31
_DISCARDED = 310


def uniform(count: int) -> NDArray[np.float32]:
    """The first `count` values of rand(), from 0 to RAND_MAX: float32, shape (count,), dimensionless."""
    return _additive_feedback(count)


@compiled
def _additive_feedback(count: int) -> NDArray[np.float32]:
    values = np.empty(_STATE + _DISCARDED + count + 3, np.uint32)
    seed = _SEED
    values[0] = seed
    for i in range(1, _STATE):
        seed = (16807 * seed) % _LARGEST
        values[i] = seed
    for i in range(_STATE, _STATE + 3):
        values[i] = values[i - _STATE]
    for i in range(_STATE + 3, len(values)):
        values[i] = values[i - _STATE] + values[i - 3]
    return (values[_STATE + 3 + _DISCARDED :][:count] >> np.uint32(1)).astype(np.float32)
