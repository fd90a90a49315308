"""The tempo of a loop: it lasts a whole number of beats."""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.rhythm.tempo_classes import likeliest_tempo, tempo_mass

Floats = NDArray[np.float64]

LONGEST = 12.0
"""Seconds up to which audio is taken for a loop if its tempo fits."""
_BEATS = {2: 0.5, 4: 1.0, 8: 1.0, 16: 1.0, 32: 1.0, 3: 0.25, 6: 0.25, 12: 0.25, 24: 0.25}
"""How many beats a loop has, and how likely each is beside the others: whole bars of four, most often."""
_NO_LOOP = 0.25
"""How likely it is, beside those, that it is none."""
_LEAST = 1e-3


def loop_tempo(classes: Floats, seconds: float) -> float:
    """The tempo in bpm of audio that lasts `seconds` and may be a loop.

    `classes` is float, shape (classes,): probabilities of the tempi of `tempo_classes`.
    """
    found = likeliest_tempo(classes)
    best = log(tempo_mass(classes, found) + _LEAST) + log(_NO_LOOP)
    for beats, likelihood in _BEATS.items():
        bpm = 60 * beats / seconds
        score = log(tempo_mass(classes, bpm) + _LEAST) + log(likelihood)
        if score > best:
            found, best = bpm, score
    return found
