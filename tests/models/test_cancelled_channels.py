"""A track of which one channel is inverted: its mean in mono is silence, and the music is still there."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.decoded import pcm
from tests.support.filter import run
from tests.support.sounds import wav
from tonearm.sample import sample_track

MUSIC = pcm(sample_track(12))[:1]
MODELS = "key,bpm_degara,bpm_multifeature,chords,tuning_frequency,loudness_replaygain"


def test_the_answers_are_those_of_one_channel_alone() -> None:
    inverted = run(wav(np.concatenate((MUSIC, -MUSIC))), MODELS)
    alone = run(wav(MUSIC), MODELS)
    assert inverted.errors == alone.errors == []
    assert inverted.results == alone.results
    assert alone.results["key:1"]["key"] == ["A"]
    assert alone.results["bpm_degara:1"]["bpm"] == pytest.approx(120, abs=1)
    (warning,) = inverted.events[-1]["warnings"]
    assert (warning["code"], warning["start"], warning["end"]) == ("channels-cancel", 0, 12)
    assert "warnings" not in alone.events[-1]


def test_only_the_stretch_that_cancels_is_told() -> None:
    sound = np.concatenate((MUSIC, MUSIC))
    half = sound.shape[1] // 2
    sound[1, half:] *= -1
    (warning,) = run(wav(sound), "silence").events[-1]["warnings"]
    assert warning["code"] == "channels-cancel"
    # Blocks of three seconds are looked at.
    assert 5.9 < warning["start"] < 9
    assert warning["end"] == 12
