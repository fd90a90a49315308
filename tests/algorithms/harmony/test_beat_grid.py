"""Borders on beats."""

from __future__ import annotations

import numpy as np
import pytest

from tonearm.algorithms.harmony.beat_grid import on_beats

BEATS = np.arange(1.0, 6.0, 0.5)


@pytest.mark.parametrize(
    ("border", "expected"),
    [(1.2, 1.0), (1.3, 1.5), (3.0, 3.0), (5.5, 5.5), (0.9, 0.9), (5.6, 5.6)],
)
def test_a_border_is_at_the_nearest_beat_of_those_around_it(border: float, expected: float) -> None:
    assert on_beats(np.array([border]), BEATS) == [expected]


def test_borders_stay_in_order() -> None:
    borders = np.sort(np.random.default_rng(0).uniform(0, 7, 50))
    found = on_beats(borders, BEATS)
    assert (np.diff(found) >= 0).all()
    assert (np.abs(found - borders) <= 0.25).all()


def test_in_a_pause_of_beats_they_stay_where_they_are() -> None:
    beats = np.concatenate((BEATS, BEATS + 20))
    assert on_beats(np.array([2.1, 12.3, 22.1]), beats).tolist() == [2.0, 12.3, 22.0]


@pytest.mark.parametrize("beats", [[], [1.0]])
def test_without_a_beat_nothing_moves(beats: list[float]) -> None:
    assert on_beats(np.array([0.8, 1.1]), np.array(beats)).tolist() == [0.8, 1.1]
