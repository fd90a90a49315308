"""The likeliest chord of each frame, and how likely it is, by a hidden Markov model.

A. Sheh, D. P. W. Ellis: Chord segmentation and recognition using EM-trained hidden Markov models. ISMIR 2003.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.harmony.chroma import chroma
from tonearm.algorithms.harmony.likelihood import learnt_weights, log_likelihoods
from tonearm.algorithms.harmony.path_probabilities import probabilities_on
from tonearm.algorithms.likeliest_path import likeliest_path

Floats = NDArray[np.floating[Any]]

_TRUST, _CHANGE = 0.5, -4.0
"""Weight of a frame, whose neighbours tell much the same, and the cost of a change. Of some, the best on progressions
and songs that were rendered for development: `tools.chords` finds them with the weights."""


def decoded(magnitudes: Floats, cents: float, loudness: float) -> tuple[NDArray[np.int16], Floats]:
    """The number of each frame's chord in `vocabulary`, and how likely the path has it rightly: shape (frames,) each.

    Takes magnitudes as `chroma` does, how far above A4 = 440 Hz the music is tuned, and what the loud frames have.
    """
    registers, traits = chroma(magnitudes, cents / 100, loudness)
    scores = np.float32(_TRUST) * log_likelihoods(registers, traits, learnt_weights())
    path = likeliest_path(scores, _CHANGE)
    return path, probabilities_on(path, scores, _CHANGE)
