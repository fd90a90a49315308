from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from tonearm.algorithms.likeliest_path import likeliest_path


@pytest.mark.parametrize("change", [0.0, -0.7, -2.0, -50.0])
def test_no_other_path_is_likelier(change: float) -> None:
    generator = np.random.default_rng(1)
    for times in (1, 2, 6):
        evidence = generator.normal(size=(times, 3))

        def likelihood(
            path: tuple[int, ...], evidence: np.ndarray[tuple[int, int], np.dtype[np.float64]] = evidence
        ) -> float:
            changes = sum(one != other for one, other in pairwise(path))
            return float(evidence[np.arange(len(path)), path].sum()) + change * changes

        best = max(product(range(3), repeat=times), key=likelihood)
        assert tuple(likeliest_path(evidence, change)) == best


def test_a_long_path_is_found_in_time() -> None:
    """Twelve hours of parts of 5.6 s, in one key and then in another."""
    evidence = np.zeros((7750, 24))
    evidence[:4000, 3] = evidence[4000:, 9] = 1
    path = likeliest_path(evidence, -13.0)
    assert set(path[:4000]) == {3}
    assert set(path[4000:]) == {9}


def test_a_short_doubt_does_not_interrupt_a_state() -> None:
    scores = np.zeros((9, 3), np.float32)
    scores[:, 0] = 1
    scores[4, 1] = 2
    assert likeliest_path(scores, -3.0).tolist() == [0] * 9
