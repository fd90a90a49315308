"""Tuning and chords against Essentia on the same samples."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.chords import essentias_chords, same_chords
from tests.support.decoded import EVERY, data_of, mono, result
from tests.support.sounds import SOUNDS, wav

RATE = 44_100
HALF_HOP = 1024 / RATE


def triad(notes: tuple[int, ...], seconds: float, reference: float = 440.0) -> NDArray[np.float64]:
    """A chord of MIDI notes with three harmonics each."""
    time = np.arange(round(seconds * RATE)) / RATE
    pitches = [reference * 2 ** ((note - 69) / 12) for note in notes]
    waves = [np.sin(2 * np.pi * pitch * h * time) / h**2 for pitch in pitches for h in (1, 2, 3)]
    return np.asarray(0.1 * np.sum(waves, axis=0))


@pytest.mark.parametrize("sound", EVERY)
def test_tuning_frequency(sound: str | Path) -> None:
    import essentia.standard as es

    ours = result(data_of(sound), "tuning_frequency")
    expected = float(es.TuningFrequencyExtractor()(mono(data_of(sound)))[-1])
    assert ours["frequency"] == pytest.approx(expected, abs=1e-3)
    assert ours["cents"] == pytest.approx(1200 * np.log2(expected / 440), abs=1e-3)


@pytest.mark.parametrize("reference", [432.0, 440.0, 445.0])
def test_tuning_of_a_known_chord(reference: float) -> None:
    data = wav(triad((57, 60, 64), 5, reference)[None])
    assert result(data, "tuning_frequency")["frequency"] == pytest.approx(reference, abs=1.5)


def test_silence_has_the_usual_tuning() -> None:
    assert result(SOUNDS["silence"], "tuning_frequency") == {"frequency": 440, "cents": 0}


@pytest.mark.parametrize("window", [2, 0.5])
@pytest.mark.parametrize("sound", EVERY)
def test_chords(sound: str | Path, window: float) -> None:
    ours = result(data_of(sound), f"chords(window={window})")["chords"]
    samples = mono(data_of(sound))
    _, strengths = essentias_chords(samples, window)
    times = np.arange(len(strengths)) * 2048 / RATE
    assert same_chords(ours, samples, window).mean() > 0.99
    for part in ours:
        of_part = strengths[(times > part["start"]) & (times < part["end"])]
        if part["chord"] != "N" and len(of_part):
            assert of_part.min() - 0.05 < part["strength"] < of_part.max() + 0.05
    assert all(part["end"] > part["start"] for part in ours)
    assert ours[0]["start"] == 0
    assert ours[-1]["end"] == pytest.approx(len(samples) / RATE)
    for one, following in pairwise(ours):
        assert one["end"] == following["start"]
        assert one["chord"] != following["chord"]


def test_chords_of_a_known_progression() -> None:
    progression = {"Am": (57, 60, 64), "F": (53, 57, 60), "C": (60, 64, 67), "Ebm": (51, 54, 58), "G": (55, 59, 62)}
    data = wav(np.concatenate([triad(notes, 4) for notes in progression.values()])[None])
    ours = result(data, "chords(window=1)")["chords"]
    long = [part for part in ours if part["end"] - part["start"] > 1]
    assert [part["chord"] for part in long] == list(progression)
    for index, part in enumerate(long):
        assert part["start"] == pytest.approx(4 * index, abs=0.5)
        assert part["strength"] > 0.7


def test_chords_follow_the_tuning_that_is_given() -> None:
    """Half a semitone high, A minor lies between two chords; told so, it is A minor."""
    data = wav(triad((57, 60, 64), 6, 452.0)[None])
    told = result(data, "chords(tuning=452)")["chords"]
    assert [part["chord"] for part in told] == ["Am"]
    assert told[0]["strength"] > result(data, "chords")["chords"][0]["strength"]


def test_silence_has_no_chord() -> None:
    assert result(SOUNDS["silence"], "chords")["chords"] == [{"start": 0, "end": 5, "chord": "N", "strength": 0}]
