"""The likeliest path through states over time, of which each change costs as much.

L. R. Rabiner: A tutorial on hidden Markov models and selected applications in speech recognition. Proceedings of the
IEEE 77(2), 1989.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def likeliest_path(evidence: Floats, change: float) -> NDArray[np.int64]:
    """The state at each time: shape (times,), of evidence in log-likelihoods, shape (times, states), not empty.

    `change` is the logarithm by which a path with another state is less likely. In time and memory that grow with the
    length: what the best path into a state comes from is itself, or the best state of all.
    """
    times, states = evidence.shape
    came_from = np.empty((times, states), np.int16)
    score = evidence[0].copy()
    own = np.arange(states)
    for time in range(1, times):
        best = int(score.argmax())
        moved = score[best] - change
        came_from[time] = np.where(score >= moved, own, best)
        score = np.maximum(score, moved) + evidence[time]
    path = np.empty(times, np.int64)
    path[-1] = score.argmax()
    for time in range(times - 1, 0, -1):
        path[time - 1] = came_from[time, path[time]]
    return path
