"""The grid of bars, and means over them."""

from __future__ import annotations

import numpy as np
import pytest

from tonearm.algorithms.structure.bars import MOST, grid
from tonearm.algorithms.structure.curve import Curve


def test_bars_go_on_to_both_ends() -> None:
    found = grid([], [5.0, 7.0, 9.0, 11.0], 16.3)
    assert found.kind == "bars"
    assert found.borders.tolist() == [0, 3, 5, 7, 9, 11, 13, 15, 16.3]


def test_without_downbeats_each_fourth_beat_counts_and_without_beats_each_second_second() -> None:
    beats = grid(np.arange(0.5, 20, 0.5).tolist(), [], 20.0)
    assert beats.kind == "beats"
    assert beats.borders[1:4].tolist() == [2.5, 4.5, 6.5]
    seconds = grid([], [], 7.0)
    assert (seconds.kind, seconds.borders.tolist()) == ("seconds", [0, 2, 4, 7])


@pytest.mark.parametrize("seconds", [0.0, 0.1, 1.0])
def test_short_audio_is_one_unit(seconds: float) -> None:
    assert grid([], [], seconds).borders.tolist() == [0, seconds]


def test_two_hours_are_compared_in_no_more_than_so_many_units() -> None:
    found = grid([], np.arange(0, 7200, 1.7).tolist(), 7200.0)
    assert found.width == 8
    assert MOST / 2 < len(found.borders) - 1 <= MOST


def test_means_between_moments() -> None:
    curve = Curve(5.0, 2)
    values = np.arange(40.0)[:, None]
    for block in (values[:7], values[7:8], values[8:]):
        curve.add(block)
    # Two frames of 0.1 s are a cell, so the values rise by ten a second.
    found = curve.means(np.array([0.0, 1.0, 2.1, 4.0, 5.0]))
    assert found[:, 0] == pytest.approx([4.5, 15.0, 30.0, 38.5], abs=0.05)
