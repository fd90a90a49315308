from __future__ import annotations

import numpy as np
import pytest
from bench.accuracy.bootstrap import figure
from bench.accuracy.calibration import calibration_error, error_by_chance


def error(values: list[tuple[float, float]]) -> float:
    return figure(np.array(values), calibration_error)


def test_what_is_right_as_often_as_it_says_has_no_error() -> None:
    values = [(said, float(number < 10 * said)) for said in (0.1, 0.3, 0.5, 0.7, 0.9) for number in range(10)]
    assert error(values) == pytest.approx(0)


def test_it_is_the_distance_between_what_is_said_and_what_is_right() -> None:
    assert error([(0.9, 0.0)] * 50) == pytest.approx(0.9)
    halves = [(0.2, 0.0)] * 40 + [(0.8, 1.0)] * 10
    assert error(halves) == pytest.approx(0.2)


def test_errors_in_different_bins_do_not_cancel() -> None:
    timid_and_bold = [(0.4, 1.0)] * 8 + [(0.6, 0.0)] * 12
    assert error(timid_and_bold) == pytest.approx(0.6)


def test_each_bin_has_as_many() -> None:
    """A lone bold answer shares its bin, whatever its value: bins of equal width would set it apart."""
    crowd = [(0.30, 1.0), (0.31, 0.0)] * 5
    alone = [*crowd[:-1], (0.99, 1.0)]
    assert error(alone) < error(crowd) + 0.99 / 10


def test_by_chance_few_answers_are_off_and_many_are_not() -> None:
    """Of one answer in each bin, at 0.5, each is off by exactly a half."""
    assert figure(np.full((5, 2), 0.5), error_by_chance) == pytest.approx(0.5)
    assert figure(np.full((50_000, 2), 0.5), error_by_chance) < 0.01
    assert figure(np.array([(1.0, 0.0), (0.0, 1.0)] * 5), error_by_chance) == 0
