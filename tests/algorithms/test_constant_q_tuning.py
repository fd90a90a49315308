"""The tuning of chords that are played here."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.features import values_of
from tests.support.progressions import played
from tonearm.algorithms.constant_q_tuning import cents_of, tuning_vector
from tonearm.features.constant_q import KEYCNN_CQT

CHORDS = ("A", "Dm", "E7", "A")


@pytest.mark.parametrize("cents", [-45, -20, 0, 8, 30, 49])
def test_it_is_found(cents: int) -> None:
    signal = played(CHORDS, 2.0, 440 * 2 ** (cents / 1200)).astype(np.float32)
    assert cents_of(tuning_vector(values_of(KEYCNN_CQT, signal))) == pytest.approx(cents, abs=3)


def test_vectors_of_parts_add_up() -> None:
    spectra = values_of(KEYCNN_CQT, played(CHORDS, 2.0, 446.0).astype(np.float32))
    parts = tuning_vector(spectra[:7]) + tuning_vector(spectra[7:])
    np.testing.assert_allclose(parts, tuning_vector(spectra), rtol=1e-9)


def test_silence_has_none() -> None:
    assert cents_of(tuning_vector(np.zeros((4, KEYCNN_CQT.bins), np.float32))) is None
