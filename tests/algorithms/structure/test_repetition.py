"""Borders of what is heard again, in bars that are drawn by chance."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from tonearm.algorithms.structure.repetition import repetition_borders
from tonearm.algorithms.structure.smoothing import smoothed


def test_a_repetition_begins_and_ends_where_it_is_clearest() -> None:
    random = np.random.default_rng(0)
    bars = random.normal(size=(64, 12))
    bars[40:56] = bars[8:24]
    bars /= np.sqrt(np.square(bars).sum(axis=1, keepdims=True))
    found = repetition_borders(bars)
    assert found.max() == 1
    # The next bar counts too, so one that ends does so a bar before.
    assert set(np.argsort(found)[-6:]) & {7, 8, 9, 39, 40, 41}
    assert found[12:20].max() < 0.3


def test_of_next_to_nothing_there_is_none() -> None:
    assert repetition_borders(np.ones((3, 2))).tolist() == [0, 0, 0]


def test_smoothed_as_scipy_does() -> None:
    values = np.random.default_rng(0).uniform(size=(20, 3))
    for around, mode in ((True, "wrap"), (False, "nearest")):
        expected = gaussian_filter1d(values, 1.5, axis=0, mode=mode, radius=5)
        np.testing.assert_allclose(smoothed(values, 1.5, around=around), expected)
