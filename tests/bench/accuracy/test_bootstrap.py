from __future__ import annotations

import numpy as np
import pytest
from bench.accuracy.bootstrap import figure, interval, mean, median


def test_it_is_that_of_the_normal_distribution_for_a_mean_of_many() -> None:
    values = np.random.default_rng(3).normal(10, 2, 400)
    low, high = interval(values, mean)
    error = 1.96 * values.std() / np.sqrt(len(values))
    assert (low, high) == pytest.approx((values.mean() - error, values.mean() + error), abs=0.03)


def test_it_is_the_same_each_time() -> None:
    values = np.random.default_rng(4).random(50)
    assert interval(values, median) == interval(values, median)


def test_equal_values_leave_no_doubt() -> None:
    assert interval(np.ones(20), mean) == (1, 1)


def test_nothing_has_no_interval() -> None:
    with pytest.raises(ValueError, match="no values"):
        interval(np.array([]), mean)


def test_what_does_not_count_does_not_count() -> None:
    values = np.array([1.0, np.nan, 3.0])
    assert figure(values, mean) == figure(values, median) == 2
    assert interval(values, mean) == (1, 3)
