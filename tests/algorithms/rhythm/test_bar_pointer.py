"""Beats and bars against madmom's DBNDownBeatTrackingProcessor, in madmom-infer's edition of it."""

from __future__ import annotations

import numpy as np
import pytest
from madmom_infer.features.downbeats import DBNDownBeatTrackingProcessor
from numpy.typing import NDArray

from tonearm.algorithms.rhythm import track_bars

RATE = 50
Activations = NDArray[np.float64]


def madmoms(activations: Activations, bpm: tuple[float, float]) -> NDArray[np.float64]:
    """Times and places in the bar: float64, shape (beats, 2)."""
    track = DBNDownBeatTrackingProcessor(
        [3, 4], fps=RATE, min_bpm=bpm[0], max_bpm=bpm[1], num_tempi=None, threshold=0, correct=True
    )
    return np.asarray(track(activations), np.float64).reshape(-1, 2)


def beats(seed: int, seconds: int, metre: int, bpm: tuple[float, float]) -> Activations:
    """Beats that wander within a range of tempi, some missing, under noise."""
    random = np.random.default_rng(seed)
    found = random.uniform(0, 0.15, (RATE * seconds, 2))
    time, number = random.uniform(0, 0.5), 0
    while (frame := round(RATE * time)) < len(found):
        if random.random() < 0.9:
            found[frame, int(number % metre == 0)] = random.uniform(0.3, 0.8)
        number += 1
        time += 60 / random.uniform(*bpm)
    return np.asarray(found / np.maximum(1, found.sum(axis=1, keepdims=True) / 0.98))


@pytest.mark.release
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("bpm", [(110.0, 130.0), (60.0, 80.0), (170.0, 205.0)])
def test_beats_and_bars_are_madmoms(seed: int, bpm: tuple[float, float]) -> None:
    activations = beats(seed, seconds=12 + seed, metre=3 + seed % 2, bpm=bpm)
    expected = madmoms(activations, bpm)
    found = track_bars(activations, round(60 * RATE / bpm[1]), round(60 * RATE / bpm[0]))
    assert len(expected) > 10
    np.testing.assert_allclose(found.frames / RATE, expected[:, 0], atol=1e-9)
    np.testing.assert_array_equal(found.numbers, expected[:, 1])


@pytest.mark.parametrize("frames", [1, 2, 7])
def test_less_than_a_beat_is_no_failure(frames: int) -> None:
    found = track_bars(np.full((frames, 2), 0.2), 20, 30)
    assert len(found.frames) <= 1
