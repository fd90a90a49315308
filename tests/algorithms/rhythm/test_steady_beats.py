"""A grid of one tempo, on activations that are made of beats at known times."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tonearm.algorithms.rhythm.pulse import pulse
from tonearm.algorithms.rhythm.steady_beats import steady_beats

RATE = 50.0
Floats = NDArray[np.float64]


def heard_at(times: Floats, seconds: float) -> Floats:
    """What a network says of beats at such times: a bump of three frames around each, over noise."""
    random = np.random.default_rng(0)
    strength = random.uniform(0, 0.02, round(seconds * RATE))
    for frame in times * RATE:
        for near in range(int(frame) - 1, int(frame) + 3):
            if 0 <= near < len(strength):
                strength[near] += max(0.0, 0.8 * (1 - abs(near - frame) / 1.5))
    return strength


def with_a_break(bpm: float, seconds: float, begin: float, end: float) -> tuple[Floats, Floats]:
    """Beats from 0.3 s on; and as a tracker has them that loses the beat in a break and comes back between two."""
    period = 60 / bpm
    beats = np.arange(0.3, seconds, period)
    lost = np.concatenate(
        (beats[beats < begin], np.arange(begin, end, 0.97 * period), beats[beats >= end] + period / 2)
    )
    return beats, lost


@pytest.mark.parametrize("bpm", [71.3, 120.0, 174.02])
def test_a_break_is_got_over(bpm: float) -> None:
    beats, lost = with_a_break(bpm, 180, 80, 100)
    strength = heard_at(beats[(beats < 80) | (beats > 100)], 180)
    found = steady_beats(strength, np.rint(lost * RATE))
    assert found is not None
    assert len(found) == pytest.approx(len(beats), abs=1)
    assert np.abs(found[:, None] / RATE - beats).min(axis=1).max() < 0.02
    assert 60 / np.diff(found / RATE).mean() == pytest.approx(bpm, abs=0.02)


@pytest.mark.parametrize("swing", [0.0, 0.01])
def test_beats_of_one_tempo_are_kept(swing: float) -> None:
    beats = np.arange(0.3, 180, 0.5)
    beats = beats + swing * np.sin(2 * np.pi * beats / 40)
    found = steady_beats(heard_at(beats, 180), np.rint(beats * RATE))
    assert found is not None
    assert np.abs(found / RATE - beats[: len(found)]).max() < 0.03


@pytest.mark.parametrize(
    "swing",
    [
        pytest.param(lambda time: 0.08 * np.sin(2 * np.pi * time / 60), id="rubato"),
        pytest.param(lambda time: 0.0002 * time**2, id="accelerando"),
        pytest.param(lambda time: np.where(time > 90, 0.25, 0.0), id="half a beat is cut out"),
    ],
)
def test_music_that_keeps_no_single_tempo_has_no_such_grid(swing: object) -> None:
    assert callable(swing)
    steady = np.arange(0.3, 180, 0.5)
    beats = np.asarray(steady + swing(steady), np.float64)
    assert steady_beats(heard_at(beats, 180), np.rint(beats * RATE)) is None


def test_a_few_beats_have_none() -> None:
    beats = np.arange(0.3, 12, 0.5)
    assert steady_beats(heard_at(beats, 12), np.rint(beats * RATE)) is None


def test_pulse_is_one_on_the_beats_and_nothing_by_chance() -> None:
    beats = np.arange(10.0, 1000, 25)
    strength = np.zeros(1000)
    strength[beats.astype(int)] = 1
    assert pulse(strength, beats) == 1
    assert pulse(np.ones(1000), beats) == pytest.approx(0, abs=1e-9)
    assert pulse(strength, beats + 12) < 0
