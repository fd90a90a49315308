"""Version 1 answers in exactly the shapes that the Essentia API answers in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support import shared
from tests.support.filter import run
from tonearm.sample import sample_track

REFERENCE = shared.ROOT / "reference" / "essentia_api_output.jsonl"
NAMES = ["key", "bpm_degara", "loudness_ebur128"]

pytestmark = pytest.mark.skipif(not REFERENCE.exists(), reason="needs the real answers in ../shared/reference")


def real(name: str) -> dict[str, Any]:
    lines = [json.JSONDecoder().raw_decode(line)[0] for line in REFERENCE.read_text().splitlines() if line.strip()]
    found: dict[str, Any] = next(line for line in lines if line["model_name"] == name)
    return found


def shape(value: Any) -> Any:
    """The value with its leaves replaced by their types; a list of equal shapes is one of them."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        shapes = [shape(item) for item in value]
        return [shapes[0]] if shapes and all(item == shapes[0] for item in shapes) else shapes
    return type(value).__name__


@pytest.mark.parametrize("name", NAMES)
def test_the_result_object_has_the_real_ones_shape(name: str) -> None:
    event = next(event for event in run(sample_track(20), name).events if event["status"] == "completed")
    assert shape(event["result"]) == shape(real(name))
    assert list(event["result"]) == list(real(name))
    assert list(event["result"]["results"]) == list(real(name)["results"])


def test_the_real_tempo_follows_from_the_real_beats() -> None:
    """Shows that the real service runs RhythmExtractor2013, method degara, at its default tempo range."""
    import numpy as np

    from tonearm.algorithms.rhythm import tempo

    results = real("bpm_degara")["results"]
    assert tempo(np.array(results["beat_positions"])) == pytest.approx(results["bpm"], abs=1e-3)
    # Beats stand on a grid of half hops: an onset function of hop size 1024 at 44.1 kHz, resampled by two.
    steps = np.array(results["beat_positions"]) / (512 / 44_100)
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-3)


def test_the_real_curves_belong_together() -> None:
    """140 momentary and 114 short-term values of one track: steps of 100 ms, no value before its window is full."""
    results = real("loudness_ebur128")["results"]
    momentary, short_term = results["momentaryLoudness"][0], results["shortTermLoudness"][0]
    assert len(momentary) - len(short_term) == 30 - 4
    ours = run(sample_track(14.3), "loudness_ebur128").results["loudness_ebur128:1"]
    assert (len(ours["momentaryLoudness"][0]), len(ours["shortTermLoudness"][0])) == (len(momentary), len(short_term))
