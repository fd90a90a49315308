from __future__ import annotations

import pytest

from tonearm.results.music import MAJOR, MINOR, Key, key, tempo

WHEEL = {
    1: ("B", "Ab"),
    2: ("F#", "Eb"),
    3: ("C#", "Bb"),
    4: ("Ab", "F"),
    5: ("Eb", "C"),
    6: ("Bb", "G"),
    7: ("F", "D"),
    8: ("C", "A"),
    9: ("G", "E"),
    10: ("D", "B"),
    11: ("A", "F#"),
    12: ("E", "C#"),
}
"""The Camelot wheel as it is printed: the major and the minor key of each number, in the models' spelling."""


def test_every_key_has_its_place_on_the_camelot_wheel() -> None:
    for number, (major, minor) in WHEEL.items():
        assert Key(major, "major").camelot == f"{number}B"
        assert Key(minor, "minor").camelot == f"{number}A"
    assert len({*MAJOR}) == len({*MINOR}) == len(WHEEL)


def test_open_key_counts_from_c_major() -> None:
    """As the chart of beatport.com and Traktor has it: 1d is 8B, 6d is 1B."""
    assert [Key(tonic, "major").open_key for tonic in ("C", "G", "B", "F#", "F")] == ["1d", "2d", "6d", "7d", "12d"]
    assert [Key(tonic, "minor").open_key for tonic in ("A", "E", "Ab", "Eb", "D")] == ["1m", "2m", "6m", "7m", "12m"]


def test_what_mixes_is_beside_it_on_the_wheel() -> None:
    assert {near.camelot for near in Key("A", "minor").mixes_with} == {"7A", "9A", "8B"}
    assert {near.camelot for near in Key("E", "major").mixes_with} == {"11B", "1B", "12A"}


def test_audio_without_tones_or_beats_has_no_key_and_no_tempo() -> None:
    assert key({"key": ["A"], "scale": ["minor"], "strength": [0.8]}) == ("A", "minor")
    assert key({"key": ["A"], "scale": ["minor"], "strength": [0.0]}) is None
    assert tempo({"bpm": 119.97}) == 119.97
    assert tempo({"bpm": 0.0}) is None


@pytest.mark.parametrize("silent", [738.3, 645.9])
def test_beats_where_none_are_heard_are_no_tempo(silent: float) -> None:
    assert tempo({"bpm": silent}) is None
