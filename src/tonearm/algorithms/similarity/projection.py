"""From the description of a track to the vector that it is compared by.

A linear discriminant analysis whose classes are recordings: parts of one recording, and other masters of it, come
together, and different recordings move apart. `weights.npz` has it; `tools.similarity` makes
it, and knows no genre.

R. A. Fisher: The use of multiple measurements in taxonomic problems. Annals of Eugenics 7(2), 1936.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 128

Floats = NDArray[np.floating[Any]]


def projected(description: Floats) -> NDArray[np.float64]:
    """From shape (..., 219) to (..., 128), of unit length."""
    weights = _weights()
    found = ((description - weights["mean"]) / weights["deviation"]) @ weights["transform"]
    length = np.linalg.norm(found, axis=-1, keepdims=True)
    return np.asarray(found / np.maximum(length, np.finfo(float).tiny), np.float64)


@cache
def _weights() -> dict[str, Floats]:
    with files("tonearm.algorithms.similarity").joinpath("weights.npz").open("rb") as file, np.load(file) as arrays:
        return dict(arrays)
