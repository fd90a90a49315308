from __future__ import annotations

from typing import Any

from tests.support.certainty import beats_result, key_result
from tonearm.results.analysis import Analysis
from tonearm.tags import Values


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


def test_only_what_is_certain_is_to_be_written() -> None:
    both = analysed("certain", "certain")
    assert Values.certain(both) == Values.of(both) == Values(120.0, "Am", -19.0, -3.5)
    doubtful = analysed("uncertain", "uncertain")
    assert Values.of(doubtful) == Values(120.0, "Am", -19.0, -3.5)
    assert Values.certain(doubtful) == Values(None, None, -19.0, -3.5)
    assert Values.certain(analysed("certain", "uncertain")) == Values(None, "Am", -19.0, -3.5)


def test_what_the_audio_does_not_have_is_not_there() -> None:
    assert values() == Values()
    silence = {"integrated_lufs": None, "true_peak_dbtp": None}
    assert values(beats=beats_result("none"), key=key_result("none"), loudness_ebur128=silence) == Values()
