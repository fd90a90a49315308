"""Which keys have the chords that were heard: textbook cadences and scales."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tonearm.algorithms.harmony.functions import chords_of_keys
from tonearm.algorithms.harmony.vocabulary import CHORDS
from tonearm.algorithms.key_profiles import PITCH_CLASSES

KEYS = [f"{tonic} {mode}" for mode in ("major", "minor") for tonic in PITCH_CLASSES]


def heard(*chords: str) -> NDArray[np.float64]:
    """Each for ten frames."""
    return np.array([10.0 * chords.count(chord) for chord in CHORDS])


@pytest.mark.parametrize(
    ("key", "functions", "others"),
    [
        ("C major", ["C", "F", "G7"], ["Dm7", "Em", "Am"]),
        ("Eb major", ["Ebmaj7", "Ab", "Bb", "Ddim"], ["Fm", "Gm", "Cm7"]),
        ("A minor", ["Am", "Dm7", "E", "E7", "G#dim"], ["Bdim", "C", "Em", "Fmaj7", "G7"]),
    ],
)
def test_the_chords_of_a_key(key: str, functions: list[str], others: list[str]) -> None:
    spelt = [chord.replace("G#dim", "Abdim") for chord in functions]
    shares = chords_of_keys(heard(*spelt, *others))
    count = len(functions) + len(others)
    assert shares[:, KEYS.index(key)] == pytest.approx([len(functions) / count, len(others) / count])
    assert shares.sum(axis=0).argmax() == KEYS.index(key)


def test_a_key_and_its_relative_have_the_same_chords_in_other_functions() -> None:
    functions, others = chords_of_keys(heard("C", "F", "G", "Am"))
    major, minor = KEYS.index("C major"), KEYS.index("A minor")
    assert (functions[major], others[major]) == pytest.approx((0.75, 0.25))
    assert (functions[minor], others[minor]) == pytest.approx((0.25, 0.75))


def test_a_fourth_without_a_third_counts_half() -> None:
    functions, _ = chords_of_keys(heard("Gsus4"))
    assert functions[KEYS.index("C major")] == pytest.approx(0.5)


def test_where_there_is_no_chord_it_tells_nothing() -> None:
    assert not chords_of_keys(heard("N", "N")).any()
    assert chords_of_keys(heard("C", "N")) == pytest.approx(chords_of_keys(heard("C")))
