from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from bench.accuracy import sounds


def test_there_are_sounds_of_each_kind_and_they_last(tmp_path: Path) -> None:
    found = sounds.write(tmp_path, 2)
    assert {recording.set for recording in found} == set(sounds.SOUND_SETS)
    for recording in found:
        with wave.open(str(recording.path)) as file:
            assert file.getnframes() == sounds.RATE * 2
        assert recording.key is None
        assert recording.tempo is None


def test_noise_has_its_colour_and_its_level() -> None:
    made = list(sounds.noises(2))
    for number, samples in enumerate(made):
        level = 20 * np.log10(np.abs(samples).max())
        assert np.isclose(level, (-40, -20, -6)[number % 3], atol=0.1)
    for slope, samples in zip((0.0, 0.5, 1.0), made[::3], strict=True):
        spectrum = np.abs(np.fft.rfft(samples)) ** 2
        frequencies = np.fft.rfftfreq(len(samples), 1 / sounds.RATE)
        low, high = (spectrum[(frequencies > at) & (frequencies < 2 * at)].mean() for at in (200, 6400))
        assert np.isclose(np.log2(low / high) / 5, 2 * slope, atol=0.1)
