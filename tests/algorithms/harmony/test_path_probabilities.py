"""Probabilities on a path against all paths there are."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tonearm.algorithms.harmony.path_probabilities import probabilities_on
from tonearm.algorithms.likeliest_path import likeliest_path

CHANGE = -1.5
FRAMES, STATES = 6, 4


def all_paths(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every path, shape (paths, frames), and its score."""
    paths = np.array(list(product(range(STATES), repeat=FRAMES)))
    sums = scores[np.arange(FRAMES), paths].sum(axis=1, dtype=np.float64)
    return paths, sums + CHANGE * (np.diff(paths, axis=1) != 0).sum(axis=1)


@pytest.mark.release
@pytest.mark.parametrize("seed", range(5))
def test_probabilities_are_sums_over_all(seed: int) -> None:
    """From one frame to the next, staying has the weight 1 + exp(change), as a change to the same state counts too."""
    scores = np.random.default_rng(seed).normal(0, 1.5, (FRAMES, STATES)).astype(np.float32)
    paths, _ = all_paths(scores)
    changed = np.diff(paths, axis=1) != 0
    steps = np.where(changed, np.exp(CHANGE), 1 + np.exp(CHANGE)).prod(axis=1)
    weights = steps * np.exp(scores[np.arange(FRAMES), paths].sum(axis=1))
    path = likeliest_path(scores, CHANGE)
    expected = [weights[paths[:, frame] == path[frame]].sum() / weights.sum() for frame in range(FRAMES)]
    np.testing.assert_allclose(probabilities_on(path, scores, CHANGE), expected, rtol=1e-4)
