"""The tempo by the lags of each moment, against Essentia's PercivalBpmEstimator, which must find the very same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.features import values_of
from tests.support.sounds import clicks, music
from tonearm.algorithms.rhythm.tempo_votes import TempoVotes
from tonearm.features import OnsetStrength, TempoLags

RANDOM = np.random.default_rng(0)
TIMES = np.arange(300_000) / 44_100
SOUNDS: dict[str, NDArray[np.floating[Any]]] = {
    **{f"noise of {level}": level * RANDOM.normal(0, 1, 400_000) for level in (1e-6, 1e-3, 0.1, 1)},
    "constant": np.full(300_000, 0.3),
    "silence": np.zeros(300_000),
    "tone": np.sin(2 * np.pi * 440 * TIMES),
    "square": np.sign(np.sin(2 * np.pi * 70 * TIMES)),
    "one sample": np.where(np.arange(300_000) == 150_000, 1.0, 0.0),
    "far too loud": 1000.0 * music(8),
}


def tempo(signal: NDArray[np.float32], block: int = 65_536) -> float:
    votes = TempoVotes()
    votes.add(values_of(TempoLags(), signal, block))
    return votes.tempo()


def essentias(signal: NDArray[np.float32]) -> float:
    import essentia.standard as es

    return float(es.PercivalBpmEstimator()(signal))


@pytest.mark.parametrize("bpm", range(40, 260, 11))
def test_tempo_of_clicks_is_essentias(bpm: int) -> None:
    signal = clicks(bpm, 12)
    assert tempo(signal) == essentias(signal)


@pytest.mark.parametrize("name", SOUNDS)
def test_tempo_of_a_sound_is_essentias(name: str) -> None:
    signal = SOUNDS[name].astype(np.float32)
    assert tempo(signal) == essentias(signal)


# Between 26 and 30 ms the correlation of two onset strength values is rounding errors.
@pytest.mark.parametrize("length", [1, 1023, 1024, 1025, 5000, 44_100, 262_144, 262_145, 263_167, 263_168, 263_169])
def test_tempo_is_essentias_for_every_way_a_signal_can_end(length: int) -> None:
    signal = music(8)[:length]
    assert tempo(signal) == essentias(signal)


@pytest.mark.parametrize("block", [1000, 32_768, 100_000])
def test_blocks_change_nothing(block: int) -> None:
    signal = music(8)
    whole = values_of(OnsetStrength(), signal, len(signal))
    np.testing.assert_array_equal(values_of(OnsetStrength(), signal, block), whole)
    np.testing.assert_array_equal(values_of(TempoLags(), signal, block), values_of(TempoLags(), signal, len(signal)))


def test_only_whole_frames_count() -> None:
    assert [len(values_of(OnsetStrength(), music(1)[:size])) for size in (1023, 1024, 1151, 1152, 1153)] == [
        0,
        1,
        1,
        2,
        2,
    ]
