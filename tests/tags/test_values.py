from __future__ import annotations

from typing import Any

from tests.support.certainty import beats_result, key_result
from tonearm.results.analysis import Analysis
from tonearm.results.music import KeyNotation
from tonearm.tags import Field, Values

GRID = "0.000 s, 120.0000 bpm"


def values(**results: dict[str, Any]) -> Values:
    return Values.of(Analysis(results=results, errors=[]))


def analysed(key: str, beats: str) -> Analysis:
    """The results where the key and the beats are as certain as that."""
    loudness = {"integrated_lufs": -19.0, "true_peak_dbtp": -3.5}
    results = {"key": key_result(key), "beats": beats_result(beats), "loudness_ebur128": loudness}
    return Analysis(results=results, errors=[])


def test_a_key_is_written_as_id3_has_it() -> None:
    assert values(key=key_result("certain", key="C#")).key == "C#m"
    assert values(key=key_result("certain", key="Bb", scale="major")).key == "Bb"
    assert values(key=key_result("none")).key is None


def test_a_key_is_written_in_the_notation_that_is_wanted() -> None:
    key = Analysis(results={"key": key_result("certain", key="C#")}, errors=[])
    assert [Values.of(key, notation).key for notation in KeyNotation] == ["C#m", "12A", "5m"]


def test_a_mood_a_genre_and_an_energy_are_those_that_networks_are_sure_of() -> None:
    sure: dict[str, dict[str, Any]] = {
        "mood_happy": {"activations": {"happy": 0.81, "non_happy": 0.19}},
        "mood_party": {"activations": {"party": 0.93, "non_party": 0.07}},
        "genre_discogs400": {"activations": {"Electronic---House": 0.62, "Rock---Punk": 0.01}},
        "energy": {"energy": 0.71},
    }
    assert values(**sure) == Values(mood="party", genre="House", energy=8)
    unsure: dict[str, dict[str, Any]] = {
        "mood_happy": {"activations": {"happy": 0.79, "non_happy": 0.21}},
        "genre_discogs400": {"activations": {"Electronic---House": 0.49}},
        "energy": {"energy": 0.0},
    }
    assert values(**unsure) == Values(energy=1)
    assert values(energy={"energy": 0.31}) == Values(energy=4)


def test_fields_that_nobody_wants_are_none() -> None:
    every = Values(120.0, "Am", -19.0, -3.5, -18.0, -3.0, "party", "House", 8)
    assert every.only({Field.GAIN}) == Values(None, None, -19.0, -3.5, -18.0, -3.0)
    assert every.only({Field.KEY, Field.ENERGY}) == Values(key="Am", energy=8)


def test_only_what_is_certain_is_to_be_written() -> None:
    both = analysed("certain", "certain")
    assert Values.of(both).certain(both) == Values.of(both) == Values(120.0, "Am", -19.0, -3.5, grid=GRID)
    doubtful = analysed("uncertain", "uncertain")
    assert Values.of(doubtful) == Values(120.0, "Am", -19.0, -3.5)
    assert Values.of(doubtful).certain(doubtful) == Values(None, None, -19.0, -3.5)
    half = analysed("certain", "uncertain")
    assert Values.of(half).certain(half) == Values(None, "Am", -19.0, -3.5)
    in_bars = beats_result("certain") | {"certainty": "uncertain"}
    bars = Analysis(results={"beats": in_bars}, errors=[])
    assert Values.of(bars) == Values(120.0, grid=GRID)
    assert Values.of(bars).certain(bars) == Values()


def test_what_the_audio_does_not_have_is_not_there() -> None:
    assert values() == Values()
    silence = {"integrated_lufs": None, "true_peak_dbtp": None}
    assert values(beats=beats_result("none"), key=key_result("none"), loudness_ebur128=silence) == Values()
