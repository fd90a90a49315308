"""How likely each state of a path is, given all that was seen.

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
def probabilities_on(path: NDArray[np.int16], scores: Floats, change: float) -> Floats:
    """The probability of each state of a path, given all frames: float32, shape (frames,), by forward-backward.

    Takes what `likeliest_path` gives and takes, scores in float32; `change` is the logarithm of how likely each other
    state is beside the same one.
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
