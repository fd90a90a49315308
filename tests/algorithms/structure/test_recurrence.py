"""Letters of sections whose likeness is given."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from tonearm.algorithms.structure.recurrence import _groups, labels


def of_bars(*vectors: list[float]) -> NDArray[np.float64]:
    places = np.array(vectors)
    return np.asarray(np.exp(-np.square(places[:, None] - places).sum(axis=-1)), np.float64)


def test_what_comes_back_has_its_letter_again() -> None:
    likeness = of_bars([0, 0], [0, 1], [5, 5], [5, 6], [0, 0], [0, 1])
    assert labels(likeness, np.array([0, 2, 4, 6])) == ["A", "B", "A"]


def test_a_variant_has_a_prime() -> None:
    # exp(-0.25) = 0.78: the same letter, and not the same.
    likeness = of_bars([0, 0], [0, 0], [5, 5], [5, 5], [0.5, 0], [0.5, 0], [0, 0])
    assert labels(likeness, np.array([0, 2, 4, 6, 7])) == ["A", "B", "A'", "A"]


def test_a_part_is_alike_wherever_it_is_in_the_whole() -> None:
    likeness = of_bars([0, 0], [3, 0], [6, 0], [9, 0], [6, 0], [9, 0])
    assert labels(likeness, np.array([0, 4, 6])) == ["A", "A"]


def test_groups_are_those_of_scipy() -> None:
    random = np.random.default_rng(1)
    for _ in range(10):
        points = random.uniform(0, 1.5, (9, 2))
        alike = np.exp(-np.square(points[:, None] - points).sum(axis=-1))
        expected = fcluster(linkage(squareform(1 - alike, checks=False), "average"), 1 - 0.7, "distance")
        names = list(dict.fromkeys(expected.tolist()))
        assert _groups(alike, 0.7) == [names.index(each) for each in expected]
