from __future__ import annotations

import pytest
from tools.chords.harte import number_of
from tools.chords.song import UNKNOWN

from tonearm.algorithms.harmony.vocabulary import CHORDS


@pytest.mark.parametrize(
    ("label", "chord"),
    [
        ("C:maj", "C"),
        ("Cb:maj", "B"),
        ("F##:min", "Gm"),
        ("Bb:min7/b3", "Bbm7"),
        ("G:7", "G7"),
        ("Db:maj7", "C#maj7"),
        ("F#:hdim7", "F#dim"),
        ("A:sus4(b7)", "Asus4"),
        ("N", "N"),
    ],
)
def test_a_chord_has_its_number(label: str, chord: str) -> None:
    assert CHORDS[number_of(label)] == chord


@pytest.mark.parametrize("label", ["X", "C:aug", "H:maj", ""])
def test_others_are_unknown(label: str) -> None:
    assert number_of(label) == UNKNOWN
