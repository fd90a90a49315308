"""The likeliest course of chords over frames, and how likely it is.

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

    `scores` are float32, shape (frames, states), logarithms of likelihoods, at least one frame; `change`, negative, is
    added wherever the state changes, to whichever other.
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


@compiled_strictly
def probabilities_on(path: NDArray[np.int16], scores: Floats, change: float) -> Floats:
    """The probability of each state of a path, given all frames: float32, shape (frames,), by forward-backward.

    Takes what `likeliest_path` takes; `change` is how much less likely each other state is than the same one.
    """
    frames, states = scores.shape
    stay = 1 / (1 + states * np.exp(change))
    enter = stay * np.exp(change)
    forward = np.empty((frames, states), np.float32)
    belief = np.full(states, 1 / states)
    for frame in range(frames):
        belief = (stay * belief + enter) * np.exp(scores[frame] - scores[frame].max())
        belief /= belief.sum()
        forward[frame] = belief
    found = np.empty(frames, np.float32)
    later = np.ones(states)
    for frame in range(frames - 1, -1, -1):
        both = forward[frame] * later
        found[frame] = both[path[frame]] / both.sum()
        later *= np.exp(scores[frame] - scores[frame].max())
        later = stay * later + enter * later.sum()
        later /= later.sum()
    return found
