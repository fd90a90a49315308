"""Pitch classes and tuning of tones that are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.features import values_of
from tonearm.algorithms.quarter_tones import cents_of, chroma, quarter_tones, tuning_vector
from tonearm.features.constant_q import KEYCNN_CQT

_NONE = np.zeros(KEYCNN_CQT.bins, np.float32)


def chord(cents: float, notes: tuple[int, ...] = (45, 52, 57, 61, 64, 69)) -> NDArray[np.float32]:
    """Ten seconds of tones with harmonics, MIDI notes, so far above A4 = 440 Hz."""
    times = np.arange(441_000) / 44_100
    pitches = [440 * 2 ** ((note - 69) / 12 + cents / 1200) for note in notes]
    waves = [np.sin(2 * np.pi * pitch * harmonic * times) / harmonic for pitch in pitches for harmonic in range(1, 6)]
    return np.asarray(0.05 * np.sum(waves, axis=0), np.float32)


@pytest.mark.parametrize("cents", [-45, -20, 0, 8, 30, 49])
def test_tuning(cents: int) -> None:
    found = cents_of(tuning_vector(values_of(KEYCNN_CQT, chord(cents))))
    assert found == pytest.approx(cents, abs=3)


@pytest.mark.parametrize("cents", [-31.8, 0, 40])
def test_tones_are_in_their_pitch_classes_whatever_the_tuning(cents: float) -> None:
    spectra = values_of(KEYCNN_CQT, chord(cents))
    found = chroma(quarter_tones(spectra, _NONE).sum(axis=0), cents)
    # A, C# and E.
    assert set(found.argsort()[-3:]) == {0, 4, 7}


def test_loud_and_quiet_moments_count_alike() -> None:
    spectra = values_of(KEYCNN_CQT, chord(0))[3:9]
    np.testing.assert_allclose(quarter_tones(spectra / 50, _NONE), quarter_tones(spectra, _NONE), rtol=1e-4)


def test_what_is_below_the_thresholds_is_silence() -> None:
    spectra = np.ones((3, KEYCNN_CQT.bins), np.float32)
    spectra[1] = 3
    heard = quarter_tones(spectra, _NONE + 2).any(axis=1)
    np.testing.assert_array_equal(heard, [False, True, False])


def test_silence_has_no_tuning() -> None:
    assert cents_of(tuning_vector(np.zeros((4, KEYCNN_CQT.bins), np.float32))) is None
