from __future__ import annotations

from tests.support.certainty import REASONS, beats_result, key_result
from tonearm.pipeline import registry
from tonearm.results.analysis import Analysis
from tonearm.results.spotify import AudioFeatures, audio_features


def features(state: str) -> AudioFeatures:
    results = {"key": key_result(state), "beats": beats_result(state)}
    return audio_features(Analysis(results=results, errors=[]), registry.catalog())


def test_what_is_certain_has_its_source() -> None:
    found = features("certain")
    assert (found.tempo, found.key, found.mode, found.time_signature) == (120, 9, 0, 4)
    assert found.sources["tempo"] == "tempo of the tracked beats (beats)"
    assert found.sources["time_signature"] == "beats in a bar (beats)"


def test_what_is_uncertain_is_said_to_be_in_its_source() -> None:
    found = features("uncertain")
    assert (found.tempo, found.key, found.mode, found.time_signature) == (120, 9, 0, None)
    for field in ("tempo", "key", "mode"):
        assert found.sources[field].endswith(", uncertain")
    # The tempo has a reason to be uncertain; that there are no bars has none.
    assert found.reasons["time_signature"] == "beats found none in this audio."


def test_what_is_not_there_has_the_reason_of_the_model() -> None:
    found = features("none")
    for field in ("tempo", "key", "mode", "time_signature"):
        assert getattr(found, field) is None
        assert found.reasons[field] == REASONS["none"]
