from __future__ import annotations

import numpy as np
import pytest

from tonearm.algorithms.autocorrelation import add_products

LAGS = 100


@pytest.mark.parametrize("size", [1, 50, 100, 1000])
def test_it_is_numpys_correlation(size: int) -> None:
    values = np.maximum(0, np.random.default_rng(size).normal(-0.5, 1, size))
    sums = np.zeros(LAGS)
    add_products(values, size, sums)
    expected = np.correlate(values, values, "full")[size - 1 :][:LAGS]
    np.testing.assert_allclose(sums[: len(expected)], expected, rtol=1e-12)
    assert not sums[len(expected) :].any()


def test_pieces_give_what_the_whole_gives() -> None:
    values = np.random.default_rng(0).exponential(1, 1000)
    whole, pieces = np.zeros(LAGS), np.zeros(LAGS)
    add_products(values, 1000, whole)
    for begin in range(0, 1000, 250):
        add_products(values[begin : begin + 250 + LAGS - 1], 250, pieces)
    np.testing.assert_allclose(pieces, whole, rtol=1e-12)


def test_where_no_values_meet_it_is_exactly_zero() -> None:
    values = np.zeros(512)
    values[200:205] = 0.1
    sums = np.zeros(LAGS)
    add_products(values, 512, sums)
    assert (sums[:5] > 0).all()
    assert not sums[5:].any()
