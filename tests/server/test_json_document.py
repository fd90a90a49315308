"""One JSON document instead of a stream, and the shape of Spotify's audio features."""

from __future__ import annotations

import io
import json
import wave
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.http import Answer, Server
from tests.support.media import BY_NAME, encoded
from tonearm.model import Result
from tonearm.protocol.events import completed, failed, finished, started
from tonearm.protocol.job import Task
from tonearm.protocol.warnings import AudioWarning
from tonearm.results.gather import Gathering
from tonearm.server.accept import prefers_json
from tonearm.server.json_document import JsonDocument

JSON = {"Accept": "application/json"}


class Pitch(Result):
    hz: float


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        ("", False),
        ("*/*", False),
        ("text/event-stream", False),
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("Application/JSON", True),
        ("application/*", True),
        ("application/json, text/plain, */*", False),
        ("application/json, */*;q=0.5", True),
        ("text/event-stream;q=0.9, application/json", True),
        ("text/event-stream, application/json", False),
        ("text/event-stream, application/json;q=0.9", False),
        ("application/json;q=0", False),
        ("application/json;q=much", False),
        ("text/html, application/xhtml+xml", False),
    ],
)
def test_json_is_for_who_ranks_it_above_a_stream(accept: str, json: bool) -> None:
    assert prefers_json(accept) is json


def test_the_document_has_what_the_stream_has(server: Server, track: bytes) -> None:
    models = "key,bpm_degara,loudness_ebur128,loudness_ebur128:2"
    streamed = server.analyze(track, models).events
    answer = server.analyze(track, models, JSON)
    assert (answer.status, answer.header("Content-Type")) == (200, "application/json")
    document = json.loads(answer.body())
    assert document["errors"] == []
    for event in streamed[1:-1]:
        result = event["result"]
        name = result["model_name"]
        key = f"{name}:{result['model_version']}" if name == "loudness_ebur128" else name
        assert document["results"].pop(key) == result["results"]
    assert document["results"] == {}


def test_a_model_that_fails_is_an_error_in_the_document_and_the_others_are_there() -> None:
    tasks = [Task(requested=name, name=name, version=1) for name in ("key", "tempo-of-mine")]
    document = JsonDocument(tasks)
    for event in (started(2), completed(tasks[0], Pitch(hz=440)), failed("no", tasks[1])):
        assert list(document.event(event)) == []
    assert json.loads(b"".join(document.event(finished(2)))) == {
        "results": {"key": {"hz": 440}},
        "errors": [{"error": "no", "model_name": "tempo-of-mine", "model_version": "1"}],
        "warnings": [],
    }


@pytest.mark.parametrize("count", [0, 1, 60])
def test_it_is_written_in_pieces_of_one_result_at_most(count: int) -> None:
    """To write all of them at once would stop the event loop, for a third of a second where they are large."""
    tasks = [Task(requested=f"model-{number}", name="model", version=1) for number in range(count)]
    warning = AudioWarning(code="damaged", message="\u00e9", start=1.0)
    events = [
        started(count),
        *(completed(task, Pitch(hz=440)) for task in tasks),
        failed("é"),
        finished(count, [warning]),
    ]
    document, gathering = JsonDocument(tasks), Gathering(tasks)
    pieces = [piece for event in events for piece in document.event(event)]
    for event in events:
        gathering.add(event)
    assert json.loads(b"".join(pieces)) == gathering.analysis().model_dump(mode="json")
    assert all(piece.count(b"hz") <= 1 for piece in pieces)


def test_audio_that_fails_in_the_middle_is_an_error_without_a_model(server: Server) -> None:
    cut = encoded(BY_NAME["m4a-aac"])[:20_000]
    document = json.loads(server.analyze(cut, "key,silence", JSON).body())
    (error,) = document["errors"]
    assert "without its index" in error["error"]
    assert error["model_name"] is None
    assert document["results"] == {}
    _, found = features(server, cut)
    assert found["tempo"] is None
    assert found["reasons"]["tempo"] == error["error"]


def test_audio_that_is_too_long_is_an_error_beside_the_results_of_its_beginning(track: bytes) -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_MAX_SECONDS="1") as server:
        document = json.loads(server.analyze(track, "key,silence", JSON).body())
        (error,) = document["errors"]
        assert "cover the first 1 seconds" in error["error"]
        assert error["model_name"] is None
        assert set(document["results"]) == {"key", "silence"}
        _, found = features(server, track)
        assert found["duration_ms"] == 1000
        assert "duration_ms" not in found["reasons"]


@pytest.mark.parametrize(
    ("body", "models", "status"), [(b"no audio" * 99, "key", 400), (b"", "key", 400), (b"x", "", 422)]
)
def test_what_fails_before_a_stream_is_the_same_without_one(
    server: Server, body: bytes, models: str, status: int
) -> None:
    answer = server.analyze(body, models, JSON)
    assert answer.status == status
    assert answer.detail


def features(server: Server, audio: bytes, headers: dict[str, str] | None = None) -> tuple[Answer, dict[str, Any]]:
    with server.open() as exchange:
        length = {"Content-Length": str(len(audio)), **(headers or {})}
        exchange.request("POST", "/v1/analysis/stream?shape=audio-features", length)
        exchange.send_body(audio)
        answer = exchange.answer()
        return answer, json.loads(answer.body())


def test_audio_features(server: Server, track: bytes) -> None:
    answer, found = features(server, track)
    assert (answer.status, answer.header("Content-Type")) == (200, "application/json")
    results = server.analyze(track, "key:2,beats,loudness_ebur128:2").results
    assert found["type"] == "audio_features"
    assert found["duration_ms"] == 20_000
    assert found["tempo"] == results["beats"]["tempo"] == pytest.approx(120, abs=0.5)
    assert (found["key"], found["mode"]) == (9, 0)  # A minor
    assert found["loudness"] == results["loudness_ebur128"]["integrated_lufs"]
    null = {field for field, value in found.items() if value is None}
    assert null >= {"time_signature", "liveness", "speechiness", "valence", "danceability"}
    assert set(found["reasons"]) == null
    assert "tonearm models pull vibenet" in found["reasons"]["danceability"]
    assert set(found["sources"]) == set(found) - null - {"type", "sources", "reasons"}
    assert found["sources"]["tempo"].endswith("by signal processing (beats)")
    assert "tonearm models pull beatnet tempocnn" in found["reasons"]["time_signature"]


def silence(seconds: float) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setparams((1, 2, 44_100, 0, "NONE", ""))
        wav.writeframes(bytes(2 * round(44_100 * seconds)))
    return file.getvalue()


@pytest.mark.parametrize("seconds", [0.05, 2.0])
def test_silence_has_no_tempo_key_or_loudness(server: Server, seconds: float) -> None:
    answer, found = features(server, silence(seconds))
    assert answer.status == 200
    assert found["duration_ms"] == round(1000 * seconds)
    for field in ("tempo", "key", "mode", "loudness"):
        assert found[field] is None
        assert found["reasons"][field]


@pytest.mark.release
def test_networks_fill_more_of_the_fields(networks: Path, track: bytes) -> None:
    with Server.started(TONEARM_WORKERS="1", TONEARM_MODELS_DIR=str(networks)) as server:
        _, found = features(server, track)
        expected = server.analyze(track, "danceability").results["danceability"]["activations"]["danceable"]
    assert found["danceability"] == expected
    assert 0 <= found["danceability"] <= 1
    assert "danceability" in found["sources"]


def test_the_shape_chooses_the_models(server: Server, track: bytes) -> None:
    with server.open() as exchange:
        exchange.request(
            "POST", "/v1/analysis/stream?shape=audio-features&models=key", {"Content-Length": str(len(track))}
        )
        exchange.send_body(track)
        assert exchange.answer().status == 422
        assert "leave `models` out" in exchange.answer().detail[0]["msg"]
    with server.open() as exchange:
        exchange.request("POST", "/v1/analysis/stream?shape=cube", {"Content-Length": "0"})
        assert exchange.answer().status == 422
        assert exchange.answer().detail[0]["loc"] == ["query", "shape"]


def test_documents_fit_the_published_schema(server: Server, track: bytes) -> None:
    _, openapi = server.get("/openapi.json")
    answer = openapi["paths"]["/v1/analysis/stream"]["post"]["responses"]["200"]
    either = Draft202012Validator(
        answer["content"]["application/json"]["schema"] | {"components": openapi["components"]}
    )
    either.validate(json.loads(server.analyze(track, "key,waveform", JSON).body()))
    either.validate(features(server, track)[1])
    assert not either.is_valid({})


def test_accept_may_come_in_several_lines(server: Server, track: bytes) -> None:
    answer = server.analyze(track, "silence", {"Accept": "text/html", "accept": "application/json"})
    assert json.loads(answer.body())["results"]["silence"]["duration"] == 20
