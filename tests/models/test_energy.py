"""Energy rises with loudness, brightness and activity, and is told while the audio arrives."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.decoded import result
from tests.support.sounds import SOUNDS, clicks, wav
from tonearm.algorithms.perceived_energy import energies
from tonearm.sample import sample_track

RATE = 44_100
SECONDS = 6


def tone(hertz: float, level: float = 0.25) -> NDArray[np.float64]:
    return level * np.sin(2 * np.pi * hertz * np.arange(SECONDS * RATE) / RATE)


@cache
def of(name: str) -> dict[str, Any]:
    sounds = {
        "dark": tone(150),
        "bright": tone(1500, 0.18),
        "soft": tone(150, 0.05),
        "busy": tone(150) + clicks(240, SECONDS)[: SECONDS * RATE],
        "dense": np.random.default_rng(0).uniform(-1, 1, SECONDS * RATE) * (clicks(240, SECONDS) * 0 + 0.9),
    }
    return dict(result(wav(sounds[name][None]), "energy:1"))


def test_silence_has_none() -> None:
    found = result(SOUNDS["silence"], "energy:1")
    assert found == {"energy": 0, "curve": [0] * 5}


def test_what_is_louder_brighter_or_busier_has_more() -> None:
    dark = of("dark")["energy"]
    assert of("soft")["energy"] < dark < of("bright")["energy"]
    assert dark < of("busy")["energy"]
    assert 0.1 < dark < 0.5 < of("dense")["energy"] <= 1


def test_every_part_counts_and_never_less() -> None:
    """By the recipe: each part alone, from none of it to more than counts."""
    power = 10 ** (np.linspace(-60, 0, 30) / 10)
    even = np.tile([100.0, 100 * np.log2(700), 2.0], (30, 1))
    assert (np.diff(energies(power, even)) >= 0).all()
    for column, values in ((1, 100 * np.log2(np.linspace(100, 4000, 30))), (2, np.linspace(0, 8, 30))):
        sums = even.copy()
        sums[:, column] = values
        found = energies(np.full(30, 0.01), sums)
        assert (np.diff(found) >= 0).all()
        assert found[-1] > found[0]
    # -8 LUFS is a power of 10^((-8 + 0.691) / 10); 2 kHz, and four of rises, are all that counts.
    most = energies(np.array([10 ** ((-8 + 0.691) / 10)]), np.array([[1.0, np.log2(2000), 4.0]]))
    assert most == pytest.approx([1.0])


def test_a_value_for_each_whole_second() -> None:
    assert len(result(sample_track(12.5), "energy:1")["curve"]) == 12
    assert len(result(SOUNDS["0.1 s"], "energy:1")["curve"]) <= 1
