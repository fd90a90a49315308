"""Detrended fluctuation against its definition, with numpy's least squares lines."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tonearm.algorithms.fluctuation import DetrendedFluctuation

LENGTHS = np.array([31, 34, 87, 105, 871])


def by_definition(values: NDArray[np.float64], length: int) -> float:
    profile = np.cumsum(values - values.mean())
    step = max(1, length // 50)
    times = np.arange(length)
    residuals = []
    for begin in range(0, len(profile) - length, step):
        segment = profile[begin : begin + length]
        line = np.polynomial.Polynomial.fit(times, segment, 1)
        residuals.append(np.square(segment - line(times)).mean())
    return float(np.sqrt(np.sum(residuals) / ((len(profile) - length) / step)))


@pytest.mark.release
@pytest.mark.parametrize("size", [500, 2000])
@pytest.mark.parametrize("piece", [7, 300, 2000])
def test_it_is_what_it_says_in_pieces_of_any_size(size: int, piece: int) -> None:
    values = np.random.default_rng(3).exponential(0.1, size)
    fluctuation = DetrendedFluctuation(LENGTHS)
    for begin in range(0, size, piece):
        fluctuation.feed(values[begin : begin + piece])
    expected = [by_definition(values, length) for length in LENGTHS if length < size]
    np.testing.assert_allclose(fluctuation.finish(), expected, rtol=1e-9)


def test_a_straight_profile_does_not_fluctuate() -> None:
    fluctuation = DetrendedFluctuation(LENGTHS)
    for _ in range(10_000):
        fluctuation.feed(np.full(100, 0.3))
    assert fluctuation.finish().max() < 1e-6


def test_no_more_is_kept_than_the_longest_segment() -> None:
    fluctuation = DetrendedFluctuation(LENGTHS)
    for _ in range(100):
        fluctuation.feed(np.ones(300))
    assert sum(each.size for each in vars(fluctuation).values() if isinstance(each, np.ndarray)) < 1500


def test_without_a_segment_there_is_no_fluctuation() -> None:
    fluctuation = DetrendedFluctuation(LENGTHS)
    assert fluctuation.finish().size == 0
    fluctuation.feed(np.ones(31))
    assert fluctuation.finish().size == 0
