from __future__ import annotations

from typing import Any

from tonearm.results.analysis import Analysis
from tonearm.tags import Values


def values(**results: dict[str, Any]) -> Values:
    return Values.of(Analysis(results=results, errors=[]))


def test_a_key_is_written_as_id3_has_it() -> None:
    def key(tonic: str, scale: str, strength: float = 0.7) -> str | None:
        return values(key={"key": [tonic], "scale": [scale], "strength": [strength]}).key

    assert key("C#", "minor") == "C#m"
    assert key("Bb", "major") == "Bb"
    assert key("A", "minor", strength=0.0) is None


def test_only_what_is_certain_is_to_be_written() -> None:
    beats = [0.5 * index for index in range(20)]
    results: dict[str, dict[str, Any]] = {
        "key": {"key": ["A"], "scale": ["minor"], "strength": [0.83]},
        "bpm_degara": {"bpm": 120.0, "beat_positions": beats},
        "loudness_ebur128": {"integrated_lufs": -19.0, "true_peak_dbtp": -3.5},
    }
    analysis = Analysis(results=results, errors=[])
    assert Values.certain(analysis) == Values.of(analysis) == Values(120.0, "Am", -19.0, -3.5)
    doubtful = {
        **results,
        "key": {**results["key"], "strength": [0.6]},
        "bpm_degara": {"bpm": 120.0, "beat_positions": beats[:5]},
    }
    analysis = Analysis(results=doubtful, errors=[])
    assert Values.of(analysis) == Values(120.0, "Am", -19.0, -3.5)
    assert Values.certain(analysis) == Values(None, None, -19.0, -3.5)


def test_what_the_audio_does_not_have_is_not_there() -> None:
    assert values() == Values()
    silence = {"integrated_lufs": None, "true_peak_dbtp": None}
    assert values(bpm_degara={"bpm": 738.3}, loudness_ebur128=silence) == Values()
