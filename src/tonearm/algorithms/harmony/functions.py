"""Which chords a key has, and which of them are its tonic, dominant and subdominant.

H. Riemann: Vereinfachte Harmonielehre. Augener, 1893.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.harmony.vocabulary import NO_CHORD, QUALITIES, ROOTS

Floats = NDArray[np.float64]
_Modes = tuple[tuple[tuple[int, dict[str, float]], ...], ...]

_MAJOR, _MINOR = {"": 1.0, "maj7": 1.0, "sus4": 0.5}, {"m": 1.0, "m7": 1.0}
_SEVENTH, _DIMINISHED = {"7": 1.0}, {"dim": 1.0}
"""Qualities that are told apart no further, and how much of a chord of each counts: sus4 has no third."""
_FUNCTIONS: _Modes = (
    ((0, _MAJOR), (5, _MAJOR), (7, _MAJOR), (7, _SEVENTH), (11, _DIMINISHED)),
    ((0, _MINOR), (5, _MINOR), (7, _MAJOR), (7, _SEVENTH), (11, _DIMINISHED)),
)
_OTHERS: _Modes = (
    ((2, _MINOR), (4, _MINOR), (9, _MINOR)),
    ((2, _DIMINISHED), (3, _MAJOR), (7, _MINOR), (8, _MAJOR), (10, _MAJOR), (10, _SEVENTH)),
)
"""Chords of major, then of minor, with roots in semitones above the tonic. Minor's dominant has the leading note."""


def chords_of_keys(frames: Floats) -> Floats:
    """Of each key, the share of the time with its tonic, dominant or subdominant, and that with another of its chords.

    Takes how many frames have each chord, shape (85,), by its number in `vocabulary`; no chord counts for nothing.
    Returns shape (2, 24): A to Ab major, then A to Ab minor. Zeros where there is no chord at all.
    """
    chords = frames[:NO_CHORD]
    return np.asarray(_weights() @ chords / max(float(chords.sum()), 1.0))


@cache
def _weights() -> Floats:
    """How much of each chord counts for each key: shape (2, 24, 84)."""
    names = list(QUALITIES)
    weights = np.zeros((2, 24, NO_CHORD))
    for kind, chords in enumerate((_FUNCTIONS, _OTHERS)):
        for mode, steps in enumerate(chords):
            for tonic in range(12):
                for step, qualities in steps:
                    root = (ROOTS.index("A") + tonic + step) % len(ROOTS)
                    for quality, weight in qualities.items():
                        weights[kind, 12 * mode + tonic, len(ROOTS) * names.index(quality) + root] = weight
    return weights
