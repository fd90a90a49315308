"""Dynamic complexity and ReplayGain against Essentia on the same samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.decoded import EVERY, data_of, mono, result
from tests.support.filter import run
from tests.support.sounds import SOUNDS, wav


@pytest.mark.parametrize("sound", EVERY)
def test_dynamic_complexity(sound: str | Path) -> None:
    import essentia.standard as es

    ours = result(data_of(sound), "dynamic_complexity")
    complexity, loudness = es.DynamicComplexity()(mono(data_of(sound)))
    assert ours["dynamic_complexity"] == pytest.approx(complexity, abs=1e-4)
    assert ours["loudness"] == pytest.approx(loudness, abs=1e-4)


@pytest.mark.parametrize("sound", EVERY)
def test_replaygain(sound: str | Path) -> None:
    import essentia.standard as es

    ours = result(data_of(sound), "loudness_replaygain")
    assert ours["gain"] == pytest.approx(es.ReplayGain()(mono(data_of(sound))), abs=1e-4)


def test_ten_decibels_louder_is_ten_decibels_less_gain() -> None:
    sound = mono(data_of("noise"))[None] / 4
    quiet = result(wav(sound), "loudness_replaygain")["gain"]
    assert result(wav(sound * np.sqrt(10)), "loudness_replaygain")["gain"] == pytest.approx(quiet - 10, abs=0.01)


def test_steady_noise_is_not_complex_and_steps_of_level_are() -> None:
    steady = mono(data_of("noise"))[None]
    steps = steady * np.repeat([1, 0.1] * 5, steady.size // 10)
    assert result(wav(steady), "dynamic_complexity")["dynamic_complexity"] < 0.5
    # Half of the track is 20 dB below the loudness, which follows the louder half.
    assert result(wav(steps), "dynamic_complexity")["dynamic_complexity"] == pytest.approx(10, abs=2)


def test_silence_is_what_essentia_says() -> None:
    import essentia.standard as es

    silence = mono(SOUNDS["silence"])
    complexity, loudness = es.DynamicComplexity()(silence)
    ours = result(SOUNDS["silence"], "dynamic_complexity")
    assert (ours["dynamic_complexity"], ours["loudness"]) == (complexity, loudness)
    assert result(SOUNDS["silence"], "loudness_replaygain")["gain"] == pytest.approx(es.ReplayGain()(silence), abs=1e-4)


@pytest.mark.parametrize(
    ("model", "words"), [("dynamic_complexity", "at least 0.2 s"), ("loudness_replaygain", "at least 50 ms")]
)
def test_a_sound_shorter_than_a_frame_is_refused(model: str, words: str) -> None:
    (error,) = run(SOUNDS["one sample"], model).errors
    assert words in error["error"]
