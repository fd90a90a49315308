"""Results of `key:2` and `beats` that are certain, uncertain and none at all, in the shapes that the models declare."""

from __future__ import annotations

from typing import Any

from tonearm.pipeline import registry

STATES = ("certain", "uncertain", "none")
REASONS = {"certain": None, "uncertain": "C major is almost as likely.", "none": "The audio is silent."}


def key_result(certainty: str, **others: Any) -> dict[str, Any]:
    """A minor with 89 %, with 37 %, or nothing; `others` are fields in place of those."""
    found = {
        "key": "A",
        "scale": "minor",
        "probability": 0.89 if certainty == "certain" else 0.37,
        "certainty": certainty,
        "reason": REASONS[certainty],
        "camelot": "8A",
        "open_key": "1m",
        "alternatives": [
            {"key": "C", "scale": "major", "probability": 0.06, "camelot": "8B", "open_key": "1d"},
            {"key": "F#", "scale": "minor", "probability": 0.02, "camelot": "11A", "open_key": "4m"},
        ],
        "tuning": -7.0,
        "sections": [{"start": 0.0, "end": 20.0, "key": "A", "scale": "minor", "probability": 0.89}],
        "method": "networks",
    }
    nothing = dict.fromkeys(("key", "scale", "camelot", "open_key", "tuning"))
    if certainty == "none":
        found |= {**nothing, "probability": 0.0, "alternatives": [], "sections": [], "method": "signal processing"}
    return _declared("key", 2, {**found, **others})


def beats_result(certainty: str, **others: Any) -> dict[str, Any]:
    """120 bpm in bars of four with 93 %, without bars with 41 %, or nothing; `others` are fields in place of those."""
    certain = certainty == "certain"
    beats = [round(0.5 * index, 3) for index in range(40)]
    found = {
        "tempo": 120.0,
        "confidence": 0.93 if certain else 0.41,
        "certainty": certainty,
        "reason": REASONS[certainty],
        "alternatives": [{"tempo": 60.0, "probability": 0.05}, {"tempo": 80.0, "probability": 0.01}],
        "beats": beats,
        "beat_numbers": [index % 4 + 1 for index in range(40)] if certain else [],
        "bar_numbers": [index // 4 + 1 for index in range(40)] if certain else [],
        "downbeats": beats[::4] if certain else [],
        "metre": 4 if certain else None,
        "first_beat": 0.0,
        "tempo_curve": None,
        "method": "networks",
    }
    if certainty == "none":
        found |= {"tempo": None, "confidence": 0.0, "alternatives": [], "beats": [], "first_beat": None}
        found |= {"method": "signal processing"}
    return _declared("beats", 1, {**found, **others})


def _declared(name: str, version: int, result: dict[str, Any]) -> dict[str, Any]:
    """As it is sent; raises ValidationError for what the model never says."""
    return registry.models()[name, version].result.model_validate(result).model_dump(mode="json")
