"""Onsets against Essentia's, which must be the very same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tonearm.algorithms.rhythm.onsets import find_onsets

RANDOM = np.random.default_rng(7)


def noise(length: int) -> NDArray[np.float64]:
    return RANDOM.exponential(1, (length, 2))


def peaks(length: int) -> NDArray[np.float64]:
    return noise(length) ** 4


def with_a_pause(length: int) -> NDArray[np.float64]:
    functions = noise(length)
    functions[length // 3 : length // 2] = 0
    return functions


def of_few_values(length: int) -> NDArray[np.float64]:
    return np.round(noise(length))


def silence(length: int) -> NDArray[np.float64]:
    return np.zeros((length, 2))


def steady(length: int) -> NDArray[np.float64]:
    return np.ones((length, 2))


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 6, 7, 10, 100, 5000])
@pytest.mark.parametrize("kind", [noise, peaks, with_a_pause, of_few_values, silence, steady])
def test_onsets_are_essentias(kind: Callable[[int], NDArray[np.float64]], length: int) -> None:
    import essentia.standard as es

    functions = kind(length).astype(np.float32)
    expected = es.Onsets()(np.ascontiguousarray(functions.T), np.ones(2, np.float32))
    np.testing.assert_array_equal(find_onsets(functions), np.array(expected, np.float32))
