"""Tempi in the answers of a network whose classes are tempi.

H. Schreiber, M. Müller: A single-step approach to musical tempo estimation using a convolutional neural network. ISMIR
2018.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SLOWEST = 30
"""In bpm: the tempo of the first class. Each class is one bpm faster than the one before it."""
TOLERANCE = 0.04
"""Tempi that differ by less than this share are the same, as in every evaluation of tempi."""
RATIOS = (1 / 3, 1 / 2, 2 / 3, 3 / 4, 4 / 3, 3 / 2, 2.0, 3.0)
"""What a tempo is mistaken for: another metrical level, or another count of a triplet."""


def tempo_mass(classes: Floats, bpm: float) -> float:
    """The probability of all classes that are the same tempo as `bpm`. `classes` is float, shape (classes,)."""
    tempi = SLOWEST + np.arange(len(classes))
    return float(classes[np.abs(tempi - bpm) <= TOLERANCE * bpm].sum())


def within(classes: Floats, low: float, high: float) -> Floats:
    """The probabilities if the tempo is known to be from `low` to `high` bpm, or as near to that as there are classes.

    Takes and returns float, shape (classes,).
    """
    tempi = SLOWEST + np.arange(len(classes))
    low, high = min(low, float(tempi[-1])), max(high, float(tempi[0]))
    inside = np.where((low - 0.5 <= tempi) & (tempi <= high + 0.5), classes, 0)
    return np.asarray(inside / max(float(inside.sum()), np.finfo(np.float64).tiny))


def likeliest_tempo(classes: Floats) -> float:
    """The tempo in bpm at the highest of the probabilities, float, shape (classes,); between classes by a parabola."""
    best = int(classes.argmax())
    if not 0 < best < len(classes) - 1:
        return float(SLOWEST + best)
    before, here, after = classes[best - 1 : best + 2]
    bend = before - 2 * here + after
    return float(SLOWEST + best + ((before - after) / bend / 2 if bend < 0 else 0.0))


def same_tempo(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE * other


def related(one: float, other: float) -> float | None:
    """The ratio, 1 or one of RATIOS, at which `one` is a tempo of music that has the tempo `other`; None if at none."""
    return next((ratio for ratio in (1.0, *RATIOS) if same_tempo(one, ratio * other)), None)
