"""The best way to divide bars, beside all ways there are."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.structure.segmentation import BAND, LONGEST, segmented

BARS = 12


def value(likeness: NDArray[np.float64], repetition: NDArray[np.float64], borders: tuple[int, ...]) -> float:
    """By definition: likeness above 0.65 of bars in one section up to eight apart, less what its length costs."""
    total = 0.0
    for begin, end in pairwise(borders):
        for one in range(begin, end):
            for other in range(one + 1, min(end, one + BAND + 1)):
                total += likeness[one, other] - 0.65
        length = end - begin
        total -= 4 + (0 if length % 8 == 0 else 0.2 if length % 4 == 0 else 1 if length % 2 == 0 else 2)
        total += 4 * (repetition[begin] - repetition.mean())
    return total


def test_no_other_way_is_worth_more() -> None:
    random = np.random.default_rng(3)
    for _ in range(5):
        vectors = np.repeat(random.normal(size=(4, 3)), 3, axis=0) + 0.3 * random.normal(size=(BARS, 3))
        likeness = np.exp(-np.square(vectors[:, None] - vectors).sum(axis=-1))
        repetition = random.uniform(size=BARS)
        ways = [(0, *inner, BARS) for count in range(BARS) for inner in combinations(range(1, BARS), count)]
        best = max(ways, key=lambda way: value(likeness, repetition, way))
        assert tuple(segmented(likeness, repetition)) == best


def test_one_bar_and_more_than_one_step_decides_on() -> None:
    assert segmented(np.ones((1, 1)), np.zeros(1)).tolist() == [0, 1]
    borders = segmented(np.ones((100, 100)), np.zeros(100))
    assert (borders[0], borders[-1]) == (0, 100)
    assert np.diff(borders).max() <= LONGEST
