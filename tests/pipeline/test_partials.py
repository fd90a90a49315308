"""What models tell while the audio arrives: it adds up to what they tell at its end, and changes nothing of that."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from tests.support.sounds import SOUNDS, clicks, wav
from tonearm.features import Block, DecodedPcm, Feature
from tonearm.model import Model, Parameters, Result
from tonearm.pipeline import registry
from tonearm.pipeline.filter import analyze
from tonearm.pipeline.registry import catalog
from tonearm.pipeline.rounds import tell_nobody
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job
from tonearm.protocol.spec import parse
from tonearm.sample import sample_track

TELLING = [card for card in catalog().cards if card.partial_schema is not None and not card.unavailable]
EVERYONE = ",".join(f"{card.name}:{card.version}" for card in TELLING)
CURVES = "loudness_ebur128:1,loudness_ebur128:2(curves=true),waveform,silence(gap=0.1),chords:1"


class Listener:
    """Takes each round, or those that `takes` says by their number."""

    def __init__(self, takes: Callable[[int], bool] = lambda number: True) -> None:
        self.events: list[dict[str, Any]] = []
        self._asked = 0
        self._takes = takes

    def __call__(self, make: Callable[[], list[Event]]) -> bool:
        self._asked += 1
        if not self._takes(self._asked):
            return False
        self.events += [json.loads(event.data) for event in make()]
        return True

    def of(self, model: str) -> list[dict[str, Any]]:
        name, version = model.split(":")
        found = [event["result"] for event in self.events]
        return [each["results"] for each in found if (each["model_name"], each["model_version"]) == (name, version)]

    def joined(self, model: str, field: str) -> list[Any]:
        values = [result[field] for result in self.of(model)]
        return [item for value in values for item in (value[0] if model == "loudness_ebur128:1" else value)]


def run(data: bytes, models: str, listener: Listener | None, every: float = 1.0, told: float = 0.0) -> dict[str, Any]:
    """The results at the end; without a listener those of a job without partial results."""
    job = Job(
        tasks=catalog().resolve(parse(models)),
        partial_seconds=None if listener is None else every,
        told_seconds=told,
    )
    events = analyze(io.BytesIO(data).read, job, tell=listener or tell_nobody)
    found = [json.loads(event.data) for event in events]
    return {
        f"{event['result']['model_name'].partition(':')[0]}:{event['result']['model_version']}": event["result"][
            "results"
        ]
        for event in found
        if event["status"] == "completed"
    }


@cache
def of_track() -> tuple[Listener, dict[str, Any]]:
    listener = Listener()
    return listener, run(sample_track(30), CURVES, listener)


@pytest.mark.parametrize("sound", SOUNDS)
def test_results_at_the_end_are_the_same_and_partial_ones_of_their_schema(sound: str) -> None:
    listener = Listener()
    assert run(SOUNDS[sound], EVERYONE, listener, 0.5) == run(SOUNDS[sound], EVERYONE, None)
    for card in TELLING:
        assert card.partial_schema is not None
        Draft202012Validator.check_schema(card.partial_schema)
        for result in listener.of(f"{card.name}:{card.version}"):
            Draft202012Validator(card.partial_schema).validate(result)
            json.dumps(result, allow_nan=False)


def test_every_telling_model_tells_something_of_music() -> None:
    listener = Listener()
    run(sample_track(40), EVERYONE, listener)
    for card in TELLING:
        assert listener.of(f"{card.name}:{card.version}"), card.name


@pytest.mark.parametrize(
    ("model", "field"),
    [
        ("loudness_ebur128:1", "momentaryLoudness"),
        ("loudness_ebur128:1", "shortTermLoudness"),
        ("loudness_ebur128:2", "momentary_lufs"),
        ("loudness_ebur128:2", "short_term_lufs"),
        ("silence:1", "gaps"),
    ],
)
def test_the_pieces_of_a_curve_are_the_curve(model: str, field: str) -> None:
    listener, results = of_track()
    whole = results[model][field]
    whole = whole[0] if model == "loudness_ebur128:1" else whole
    assert listener.joined(f"{model}", field) == whole
    assert len(listener.of(model)) > 5


def test_the_points_of_a_waveform_are_those_of_its_samples() -> None:
    listener, results = of_track()
    point = listener.of("waveform:1")[0]["point"]
    assert point == pytest.approx(0.1)
    count = round(results["waveform:1"]["duration"] / point)
    # As many points at the end are points of the same samples, exact to 1/16 of their length.
    again = run(sample_track(30), f"waveform(points={count})", None)["waveform:1"]
    for field in ("low", "high", "rms"):
        assert np.median(np.abs(np.subtract(listener.joined("waveform:1", field), again[field]))) < 0.01


def test_integrated_loudness_comes_to_that_of_the_whole() -> None:
    listener, results = of_track()
    assert listener.of("loudness_ebur128:2")[-1]["integrated_lufs"] == pytest.approx(
        results["loudness_ebur128:2"]["integrated_lufs"], abs=0.01
    )


def test_chords_follow_each_other_and_are_those_of_the_whole() -> None:
    listener, results = of_track()
    told = listener.joined("chords:1", "chords")
    assert all(one["end"] == other["start"] for one, other in pairwise(told))
    merged: list[dict[str, Any]] = []
    for chord in told:
        if merged and merged[-1]["chord"] == chord["chord"]:
            merged[-1] = {**merged[-1], "end": chord["end"]}
        else:
            merged.append(chord)
    whole = results["chords:1"]["chords"]
    assert [(chord["start"], chord["chord"]) for chord in merged] == [
        (chord["start"], chord["chord"]) for chord in whole[: len(merged)]
    ]


@pytest.mark.parametrize(
    ("model", "tempo", "beats"), [("bpm_degara:1", "bpm", "beat_positions"), ("beats:1", "tempo", "beats")]
)
def test_beats_are_told_once_each(model: str, tempo: str, beats: str) -> None:
    listener = Listener()
    run(wav(clicks(120, 60)[None]), model, listener)
    told = np.array(listener.joined(model, beats))
    assert np.diff(told) == pytest.approx(0.5, abs=0.03)
    assert len(told) > 100
    for result in listener.of(model)[1:]:
        assert result[tempo] == pytest.approx(120, rel=0.01)


def test_who_leaves_rounds_gets_the_same_curve_in_fewer_pieces() -> None:
    lazy, (_, results) = Listener(lambda number: number % 3 == 0), of_track()
    run(sample_track(30), CURVES, lazy)
    told = lazy.joined("loudness_ebur128:2", "momentary_lufs")
    assert told == results["loudness_ebur128:2"]["momentary_lufs"][: len(told)]
    assert len(told) > 200


def test_seconds_are_at_least_those_asked_for() -> None:
    listener = Listener()
    run(sample_track(60), "silence", listener, 10)
    times = [event["at"] for event in listener.events]
    assert [round(time // 10) for time in times] == [1, 2, 3, 4, 5, 6]


def test_a_job_that_begins_again_tells_what_was_not_told() -> None:
    whole, _ = of_track()
    times = sorted({event["at"] for event in whole.events})
    again = Listener()
    run(sample_track(30), CURVES, again, told=times[3])
    assert again.events[0]["at"] == times[4]
    expected: dict[str, list[Any]] = defaultdict(list)
    for event in whole.events:
        if event["at"] > times[3]:
            expected[f"{event['result']['model_name']}:{event['result']['model_version']}"].append(
                event["result"]["results"]
            )
    for model, results in expected.items():
        assert again.of(model) == results


class Lean(Result):
    samples: int


class Talkative(Model[Parameters]):
    name, title, group = "talkative", "Talkative", "file"
    description = citation = licence = "of a test"
    result = partial = Lean
    features = (DecodedPcm(),)
    asked = 0
    samples = 0

    def feed(self, feature: Feature, block: Block) -> None:
        self.samples += block.shape[1]

    def so_far(self) -> Lean:
        type(self).asked += 1
        raise ValueError("nothing to say")

    def finish(self) -> Lean:
        return Lean(samples=self.samples)


def test_a_model_that_fails_to_tell_still_comes_to_its_result(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    known = {**registry.models(), ("talkative", 1): Talkative}
    monkeypatch.setattr("tonearm.pipeline.filter.models", lambda: known)
    monkeypatch.setattr("tonearm.pipeline.registry.models", lambda: known)
    listener = Listener()
    results = run(sample_track(20), "talkative,silence", listener)
    assert results["talkative:1"] == {"samples": 20 * 44_100}
    assert Talkative.asked == 1
    assert listener.of("silence:1")
    assert not listener.of("talkative:1")
    assert sum("tells no more" in record.message for record in caplog.records) == 1
