"""Silence as Essentia judges it, by the mean square of the whole signal."""

from __future__ import annotations

import numpy as np
import pytest

from tonearm.algorithms.silence import Audibility


@pytest.mark.parametrize(("amplitude", "silent"), [(0, True), (0.9e-5, True), (1.1e-5, False), (0.1, False)])
def test_below_100_db_a_signal_is_silent(amplitude: float, silent: bool) -> None:
    audibility = Audibility()
    for _ in range(3):
        audibility.feed(np.full(1000, amplitude, np.float32))
    assert audibility.silent is silent


def test_the_mean_of_the_whole_signal_counts() -> None:
    audibility = Audibility()
    audibility.feed(np.full(10, 0.01, np.float32))
    assert not audibility.silent
    audibility.feed(np.zeros(10_000_000, np.float32))
    assert audibility.silent


def test_nothing_is_silent() -> None:
    assert Audibility().silent
