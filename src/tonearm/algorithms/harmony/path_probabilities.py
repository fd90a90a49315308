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
    # Loops over states: what is written as arrays takes five times as long to compile.
    for frame in range(frames):
        highest = scores[frame].max()
        total = 0.0
        for state in range(states):
            belief[state] = (stay * belief[state] + enter) * np.exp(scores[frame, state] - highest)
            total += belief[state]
        for state in range(states):
            belief[state] /= total
            forward[frame, state] = belief[state]
    found = np.empty(frames, np.float32)
    later = np.ones(states)
    for frame in range(frames - 1, -1, -1):
        highest = scores[frame].max()
        both = total = 0.0
        for state in range(states):
            both += forward[frame, state] * later[state]
            total += later[state] * np.exp(scores[frame, state] - highest)
        found[frame] = forward[frame, path[frame]] * later[path[frame]] / both
        norm = 0.0
        for state in range(states):
            later[state] = stay * later[state] * np.exp(scores[frame, state] - highest) + enter * total
            norm += later[state]
        for state in range(states):
            later[state] /= norm
    return found
