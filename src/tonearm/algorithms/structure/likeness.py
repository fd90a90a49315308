"""How much alike bars are in harmony, timbre and level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.quarter_tones import chroma
from tonearm.algorithms.structure.gathered import Gathered

Floats = NDArray[np.float64]

_HARMONY, _TIMBRE, _LEVEL = 1.5, 0.13, 0.05
"""What a difference counts for: of 1 - cosine, of squared cepstral coefficients, and of dB."""
_PARTS, _FINE_PARTS = 2, 4
"""Of a bar, whose harmony is compared each with its own."""


def likeness(sound: Gathered, borders: Floats, cents: float) -> Floats:
    """Of the bars between borders in s, with notes tuned so many cents above 440 Hz: float64, (bars, bars), 0 to 1."""
    harmony = harmony_of(sound, borders, cents, _PARTS)
    timbre = sound.timbre.means(borders)[:, :-1]
    level = sound.power.means(borders)[:, 0]
    squares = np.square(timbre).sum(axis=1)
    apart = np.maximum(0, squares[:, None] + squares - 2 * timbre @ timbre.T)
    difference = _HARMONY * (1 - harmony @ harmony.T) + _TIMBRE * apart + _LEVEL * np.abs(level[:, None] - level)
    return np.asarray(np.exp(-np.maximum(0, difference)), np.float64)


def harmony_of(sound: Gathered, borders: Floats, cents: float, parts: int = _FINE_PARTS) -> Floats:
    """The pitch classes of the parts of each bar, vectors of length 1: float64, shape (bars, 12 · parts)."""
    bars = len(borders) - 1
    inner = np.interp(np.arange(bars * parts + 1) / parts, np.arange(bars + 1), borders)
    classes = chroma(sound.harmony.means(inner), cents)
    # What all pitch classes have is no harmony.
    classes = classes - classes.min(axis=1, keepdims=True)
    size = np.sqrt(np.square(classes).sum(axis=1, keepdims=True))
    classes = np.divide(classes, size, out=np.full_like(classes, 12**-0.5), where=size > 0)
    return np.asarray(classes.reshape(bars, -1) / np.sqrt(parts), np.float64)
