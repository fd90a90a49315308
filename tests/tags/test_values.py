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


def test_what_the_audio_does_not_have_is_not_there() -> None:
    assert values() == Values()
    silence = {"integrated_lufs": None, "true_peak_dbtp": None}
    assert values(bpm_degara={"bpm": 738.3}, loudness_ebur128=silence) == Values()
