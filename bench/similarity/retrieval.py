"""What a list of neighbours is worth, where each track has a label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
_FEW = 5
MEASURES = ("the nearest is of its style", f"share of its style in the nearest {_FEW}", "mean average precision")


def measures(similarities: Matrix, labels: Sequence[str]) -> Matrix:
    """Of each track, shape (tracks, 3), what `MEASURES` names; NaN for the only one of its label.

    `similarities` has those of each to each, shape (tracks, tracks). Of fewer than five others of a label, so many of
    the nearest are looked at.
    """
    names = np.array(labels)
    found = np.full((len(names), len(MEASURES)), np.nan)
    for row, similar in enumerate(similarities):
        order = np.argsort(-similar, kind="stable")
        order = order[order != row]
        right = names[order] == names[row]
        if right.any():
            precision = np.cumsum(right) / np.arange(1, len(right) + 1)
            few = min(_FEW, int(right.sum()))
            found[row] = right[0], right[:few].mean(), precision[right].mean()
    return found


def chance(labels: Sequence[str]) -> float:
    """The share of right ones in a list by chance."""
    names = np.array(labels)
    shares = [((names == name).sum() - 1) / (len(names) - 1) for name in names if (names == name).sum() > 1]
    return float(np.mean(shares))
