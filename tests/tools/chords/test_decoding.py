"""Scores of the weights in the tree on chords that are played here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from tools.chords.decoding import Decoding, calibration, calibration_error, shares
from tools.chords.examples import Example, example
from tools.chords.song import Segment

from tests.support.progressions import RATE, played
from tonearm.algorithms.harmony.likelihood import learnt_weights
from tonearm.algorithms.harmony.vocabulary import CHORDS

SECONDS = 2.0
DECODING = Decoding(learnt_weights(), 0.5, -4.0)


def heard(sounds: Sequence[str], labels: Sequence[str]) -> Example:
    segments = [
        Segment(index * SECONDS, (index + 1) * SECONDS, CHORDS.index(label)) for index, label in enumerate(labels)
    ]
    return example("chords", played(sounds, SECONDS).astype(np.float32), RATE, segments)


def test_what_is_played_is_right() -> None:
    chords = ["C", "Am", "Dm", "G7", "N", "Fmaj7"]
    (chord, root) = shares(DECODING, [heard(chords, chords)])
    assert chord[0] > 0.75
    assert root[0] >= chord[0]


def test_what_is_labelled_otherwise_is_wrong() -> None:
    (chord, root) = shares(DECODING, [heard(["C", "Am", "Dm", "F"], ["Cm", "A", "D", "Fm"])])
    assert chord[0] < 0.1
    assert root[0] > 0.75


def test_calibrated_probabilities_are_right_as_often_as_they_say() -> None:
    """One of four is labelled otherwise than it is played."""
    chords = ["C", "Am", "Dm", "G"] * 4
    mislabelled = heard(chords, ["F" if label == "Dm" else label for label in chords])
    offset, slope = calibration(DECODING, [mislabelled])
    likely, known, right = np.array(list(DECODING.segments(mislabelled))).T
    stated = 1 / (1 + np.exp(-offset) * (1 / likely - 1) ** slope)
    assert (known * stated).sum() == pytest.approx(right.sum(), rel=0.01)
    share = DECODING.right(mislabelled)[0] / len(mislabelled.chords)
    assert share == pytest.approx(0.75, abs=0.15)
    assert calibration_error(DECODING, [mislabelled], (-50, 0)) == pytest.approx(share)
    assert calibration_error(DECODING, [mislabelled], (50, 0)) == pytest.approx(1 - share)
