"""Fisher's discriminant: directions in which recordings differ more than parts and versions of one recording do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

SHRINKAGE = 0.2
"""Share of a multiple of the identity in the scatter within recordings: there are fewer recordings than directions."""
_LEAST = 1e-6


def learnt(wholes: Sequence[Matrix], groups: Sequence[Matrix], dimensions: int) -> dict[str, NDArray[np.float32]]:
    """Weights for `tonearm.algorithms.similarity.projection`.

    `wholes` has the description of each recording, shape (n,); each of `groups` has several, shape (several, n), of one
    recording: its parts, or versions of one part.
    """
    whole = np.array(wholes)
    mean, deviation = whole.mean(axis=0), whole.std(axis=0) + _LEAST
    strays = np.concatenate([(group - group.mean(axis=0)) / deviation for group in groups])
    within = np.cov(strays.T)
    size = len(mean)
    within = (1 - SHRINKAGE) * within + SHRINKAGE * np.trace(within) / size * np.eye(size)
    values, vectors = np.linalg.eigh(within)
    white = vectors / np.sqrt(values)
    between = np.cov(((whole - mean) / deviation @ white).T)
    _, directions = np.linalg.eigh(between)
    transform = white @ directions[:, ::-1][:, :dimensions]
    arrays = {"mean": mean, "deviation": deviation, "transform": transform}
    return {name: array.astype(np.float32) for name, array in arrays.items()}
