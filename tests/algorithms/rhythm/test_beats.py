"""Beats against Essentia's TempoTapDegara, which must find the very same ones wherever something repeats."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.decoded import seeded
from tonearm.algorithms.rhythm import track_beats
from tonearm.algorithms.rhythm.noise import uniform

LENGTHS = [100, 255, 256, 257, 512, 513, 1000, 6000, 25_000]
SHORT = [1, 2, 3, 7]


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


def essentias(onsets: NDArray[np.float32], upsampling: int) -> NDArray[np.float32]:
    import essentia.standard as es

    track = es.TempoTapDegara(
        sampleRateODF=44_100 / 512 / upsampling,
        resample={1: "none", 2: "x2"}[upsampling],
        minTempo=40,
        maxTempo=208,
    )
    seeded()
    return np.array(track(onsets), np.float32)


@pytest.mark.release
@pytest.mark.parametrize("upsampling", [1, 2])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", [noise, pulses, getting_faster])
def test_beats_are_essentias(kind: Callable[[int], NDArray[np.float32]], length: int, upsampling: int) -> None:
    onsets = kind(length)
    np.testing.assert_array_equal(track_beats(onsets, upsampling), essentias(onsets, upsampling))


@pytest.mark.parametrize("upsampling", [1, 2])
@pytest.mark.parametrize("length", LENGTHS)
def test_beats_after_silence_are_essentias(length: int, upsampling: int) -> None:
    """In silence itself they need not be: there Essentia's autocorrelation has the rounding errors of its transform."""
    onsets = from_silence(length)
    sounding = (length // 2) * upsampling * 512 / 44_100
    found, expected = (
        beats[beats >= sounding] for beats in (track_beats(onsets, upsampling), essentias(onsets, upsampling))
    )
    np.testing.assert_allclose(found, expected, atol=0.012)


@pytest.mark.parametrize("upsampling", [1, 2])
@pytest.mark.parametrize(
    ("kind", "length"),
    [
        *((kind, length) for kind in (steady, silence) for length in LENGTHS),
        *(
            (kind, length)
            for kind in (noise, pulses, from_silence, getting_faster, steady, silence)
            for length in SHORT
        ),
    ],
)
def test_where_nothing_repeats_there_are_no_beats(
    kind: Callable[[int], NDArray[np.float32]], length: int, upsampling: int
) -> None:
    """Essentia finds up to 86 beats per second in what does not change."""
    assert track_beats(kind(length), upsampling).shape == (0,)


def test_a_single_hit_is_no_beat() -> None:
    onsets = np.zeros(1000, np.float32)
    onsets[300:303] = 1
    assert track_beats(onsets, 2).shape == (0,)


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
