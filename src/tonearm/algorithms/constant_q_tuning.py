"""What the tones of a constant-Q transform are tuned to.

E. Gómez: Key estimation from polyphonic audio. Music Information Retrieval Evaluation Exchange, 2005.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled

_OCTAVE = 24
"""Bins, as many of which at either end are not looked at."""

Floats = NDArray[np.floating]


@compiled
def tuning_vector(spectra: Floats) -> NDArray[np.float64]:
    """The direction of all tones: a cosine and a sine, shape (2,). Vectors of several blocks add up; see `cents_of`.

    Takes magnitudes, shape (frames, bins), 24 bins an octave from E upwards. A tone is a peak of a frame, placed by a
    parabola through its logarithms, weighted by its magnitude. A semitone is a full turn.
    """
    vector = np.zeros(2)
    for frame in range(len(spectra)):
        magnitudes = spectra[frame]
        for row in range(_OCTAVE, magnitudes.size - _OCTAVE):
            here, left, right = magnitudes[row], magnitudes[row - 1], magnitudes[row + 1]
            if here <= left or here < right or left <= 0 or right <= 0:
                continue
            before, at, after = np.log(left), np.log(here), np.log(right)
            angle = np.pi * (row + 0.5 * (before - after) / (before - 2 * at + after))
            vector[0] += here * np.cos(angle)
            vector[1] += here * np.sin(angle)
    return vector


def cents_of(vector: Floats) -> float | None:
    """How far above the tones of A4 = 440 Hz, in cents from -50 to 50; None where there are no tones."""
    if not vector.any():
        return None
    return float(np.arctan2(vector[1], vector[0]) * 50 / np.pi)
