"""Spotify's audio features of results that are given: what each field is taken from, and why it is null."""

from __future__ import annotations

from typing import Any

import pytest

from tonearm.pipeline.registry import catalog
from tonearm.protocol.messages import STREAM_EVENT
from tonearm.results.analysis import Analysis
from tonearm.results.spotify import AudioFeatures, audio_features, specs

BEATS: dict[str, Any] = {
    "tempo": 119.9,
    "confidence": 0.91,
    "certainty": "certain",
    "reason": None,
    "alternatives": [{"tempo": 59.9, "probability": 0.05}],
    "beats": [0.5, 1.0, 1.5],
    "beat_numbers": [1, 2, 3],
    "bar_numbers": [1, 1, 1],
    "downbeats": [0.5],
    "metre": 3,
    "first_beat": 0.5,
    "tempo_curve": None,
    "method": "networks",
}
KEY: dict[str, Any] = {
    "key": "Eb",
    "scale": "major",
    "probability": 0.8,
    "certainty": "certain",
    "reason": None,
    "camelot": "5B",
    "open_key": "10d",
    "alternatives": [{"key": "C", "scale": "minor", "probability": 0.1, "camelot": "5A", "open_key": "10m"}],
    "tuning": -3.0,
    "sections": [{"start": 0.0, "end": 20.0, "key": "Eb", "scale": "major", "probability": 0.8}],
    "method": "networks",
}


def features(**results: dict[str, Any]) -> AudioFeatures:
    completed = [
        STREAM_EVENT.validate_python(
            {
                "status": "completed",
                "result": {"model_name": name, "model_version": "1", "correlation_id": "1", "results": result},
            }
        )
        for name, result in results.items()
    ]
    return audio_features(Analysis.of(completed, list(results)), catalog())


def test_beats_and_the_second_key_come_first() -> None:
    asked = {(spec.name, spec.version) for spec in specs(catalog())}
    assert asked >= {("beats", None), ("key", 2)}
    assert not asked & {("bpm_degara", None), ("key", None)}


def test_their_values() -> None:
    found = features(beats=BEATS, key=KEY)
    assert (found.tempo, found.time_signature, found.key, found.mode) == (119.9, 3, 3, 1)
    assert found.sources["tempo"] == "tempo of the tracked beats, by networks (beats)"
    assert found.sources["time_signature"] == "beats in a bar, by networks (beats)"
    assert found.sources["key"] == "key of the whole track, by networks (key)"
    assert not {"tempo", "time_signature", "key", "mode"} & set(found.reasons)
    minor = features(key=KEY | {"key": "A", "scale": "minor", "method": "signal processing"})
    assert (minor.key, minor.mode) == (9, 0)
    assert minor.sources["mode"] == "mode of the whole track, by signal processing (key)"


def test_an_uncertain_tempo_or_key_is_told_all_the_same() -> None:
    unsure = {"certainty": "uncertain", "reason": "Another is likely too."}
    found = features(beats=BEATS | unsure, key=KEY | unsure)
    assert (found.tempo, found.time_signature, found.key, found.mode) == (119.9, 3, 3, 1)
    for field in ("tempo", "time_signature", "key", "mode"):
        assert found.sources[field].endswith(", uncertain")


def test_none_is_null_for_the_reason_of_the_model() -> None:
    silent = {"certainty": "none", "reason": "It is silent."}
    nothing: dict[str, Any] = {"tempo": None, "metre": None, "beats": [], "first_beat": None}
    keyless: dict[str, Any] = {"key": None, "scale": None, "sections": []}
    found = features(beats=BEATS | silent | nothing, key=KEY | silent | keyless)
    for field in ("tempo", "time_signature", "key", "mode"):
        assert getattr(found, field) is None
        assert found.reasons[field] == "It is silent."
        assert field not in found.sources


@pytest.mark.parametrize(
    ("method", "words"), [("signal processing", "tonearm models pull beatnet tempocnn"), ("networks", "found nothing")]
)
def test_a_tempo_without_bars_has_no_time_signature(method: str, words: str) -> None:
    found = features(beats=BEATS | {"metre": None, "downbeats": [], "method": method})
    assert found.tempo == 119.9
    assert found.time_signature is None
    assert words in found.reasons["time_signature"]


def test_energy_is_that_of_its_model_whatever_a_network_says() -> None:
    described = ("acousticness", "danceability", "energy", "instrumentalness", "liveness", "speechiness", "valence")
    found = features(energy={"energy": 0.437, "curve": [0.4]}, vibenet=dict.fromkeys(described, 0.2))
    assert found.energy == 0.437
    assert found.sources["energy"] == "loudness, brightness and activity (energy)"
