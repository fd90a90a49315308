"""The likeliest path through states over time, of which each change costs as much.

L. R. Rabiner: A tutorial on hidden Markov models and selected applications in speech recognition. Proceedings of the
IEEE 77(2), 1989.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled_strictly

Floats = NDArray[np.floating[Any]]


@compiled_strictly
def likeliest_path(scores: Floats, change: float) -> NDArray[np.int16]:
    """The states with the highest sum of scores and changes: int16, shape (frames,), by Viterbi's algorithm.

    `scores` are floats, shape (frames, states), logarithms of likelihoods, at least one frame; `change`, at most 0, is
    added wherever the state changes, to whichever other. In time and memory that grow with the length: what the best
    path into a state comes from is itself, or the best state of all.
    """
    frames, states = scores.shape
    stays = np.empty((frames, states), np.bool_)
    leaders = np.empty(frames, np.int16)
    sums = scores[0].astype(np.float64)
    leaders[0] = sums.argmax()
    for frame in range(1, frames):
        entering = sums[leaders[frame - 1]] + change
        for state in range(states):
            stays[frame, state] = sums[state] >= entering
            sums[state] = max(sums[state], entering) + scores[frame, state]
        leaders[frame] = sums.argmax()
    path = np.empty(frames, np.int16)
    path[-1] = leaders[-1]
    for frame in range(frames - 1, 0, -1):
        path[frame - 1] = path[frame] if stays[frame, path[frame]] else leaders[frame - 1]
    return path
