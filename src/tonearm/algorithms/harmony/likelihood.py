"""How likely each chord is in each frame, by weights that were learnt from rendered progressions.

The same few weights look at the pitch classes from each of the twelve roots, so what is known of one chord is known of
all its transpositions. `weights.npz` has them, and `tools.chords` makes them. They were learnt from progressions of our
own and from POP909 (Z. Wang et al.: POP909: a pop-song dataset for music arrangement generation. ISMIR 2020), rendered
with General MIDI instruments, and from noise and speech, which have no chord.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.harmony.vocabulary import ROOTS

Floats = NDArray[np.floating[Any]]
Weights = dict[str, Floats]

_QUIETEST = 0.05
"""Chroma is scaled up to one size if it has at least this one."""
_SIZE = 3


def log_likelihoods(registers: Floats, traits: Floats, weights: Weights) -> Floats:
    """The logarithm of the probability of each chord of the vocabulary: float32, shape (frames, 85).

    Takes what `chroma` gives, float32, shapes (frames, 4, 12) and (frames, 4), and weights such as `learnt_weights`.
    """
    chords = np.empty((len(registers), len(weights["quality"]), len(ROOTS)), np.float32)
    for root, seen in enumerate(seen_from_roots(registers)):
        hidden = np.maximum(0, seen @ weights["hidden"].T + weights["hidden_bias"])
        chords[:, :, root] = hidden @ weights["quality"].T + weights["quality_bias"]
    nothing = traits @ weights["nothing"].T + weights["nothing_bias"]
    scores = np.concatenate((chords.reshape(len(registers), -1), nothing), axis=1)
    highest = scores.max(axis=1, keepdims=True)
    return np.asarray(scores - highest - np.log(np.exp(scores - highest).sum(axis=1, keepdims=True)), np.float32)


def seen_from_roots(registers: Floats) -> Iterator[Floats]:
    """The pitch classes from each root up, scaled to one size: float32, shape (frames, 48), twelve times."""
    size = np.sqrt(np.square(registers).sum(axis=(1, 2)))
    scaled = registers * (_SIZE / np.maximum(size, _QUIETEST))[:, None, None]
    for root in range(len(ROOTS)):
        yield np.roll(scaled, -root, axis=2).reshape(len(scaled), -1)


@cache
def learnt_weights() -> Weights:
    with files("tonearm.algorithms.harmony").joinpath("weights.npz").open("rb") as file, np.load(file) as arrays:
        return dict(arrays)
