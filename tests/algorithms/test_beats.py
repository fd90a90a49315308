"""Beats against Essentia's TempoTapDegara, which must find the very same ones."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tonearm.algorithms.essentia import Algorithm
from tonearm.algorithms.rhythm import track_beats
from tonearm.algorithms.rhythm.noise import uniform

LENGTHS = [1, 2, 3, 7, 100, 255, 256, 257, 512, 513, 1000, 6000, 25_000]


def noise(length: int) -> NDArray[np.float32]:
    return np.random.default_rng(length).exponential(1, length).astype(np.float32)


def pulses(length: int) -> NDArray[np.float32]:
    onsets = 0.01 * noise(length)
    onsets[::21] += 5
    return onsets.astype(np.float32)


def from_silence(length: int) -> NDArray[np.float32]:
    onsets = noise(length)
    onsets[: length // 2] = 0
    return onsets


def getting_faster(length: int) -> NDArray[np.float32]:
    onsets = 0.1 * noise(length)
    onsets[np.cumsum(np.linspace(30, 15, length // 30)).astype(int)] += 1
    return onsets.astype(np.float32)


def steady(length: int) -> NDArray[np.float32]:
    return np.full(length, 3, np.float32)


def silence(length: int) -> NDArray[np.float32]:
    return np.zeros(length, np.float32)


@pytest.mark.parametrize("upsampling", [1, 2])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", [noise, pulses, from_silence, getting_faster, steady, silence])
def test_beats_are_essentias(kind: Callable[[int], NDArray[np.float32]], length: int, upsampling: int) -> None:
    onsets = kind(length)
    essentias = Algorithm(
        "TempoTapDegara",
        sampleRateODF=44_100 / 512 / upsampling,
        resample={1: "none", 2: "x2"}[upsampling],
        minTempo=40,
        maxTempo=208,
    )
    np.testing.assert_array_equal(track_beats(onsets, upsampling), np.array(essentias(onsets), np.float32))


def test_no_onsets_no_beats() -> None:
    assert track_beats(np.empty(0, np.float32), 2).shape == (0,)


def test_the_onsets_given_are_left_as_they_are() -> None:
    onsets = pulses(1000)
    track_beats(onsets, 1)
    np.testing.assert_array_equal(onsets, pulses(1000))


def test_noise_is_that_of_a_fresh_process() -> None:
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "gnu_get_libc_version"):
        pytest.skip("needs the GNU C library to compare with")
    libc.srand(1)
    np.testing.assert_array_equal(uniform(5000), np.array([libc.rand() for _ in range(5000)], np.float32))
