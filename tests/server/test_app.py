"""What the server says of itself: its models, its health and its OpenAPI document."""

from __future__ import annotations

import json
import subprocess
import sys

from jsonschema import Draft202012Validator

from tests.support.http import Server
from tonearm._version import __version__


def test_models(server: Server) -> None:
    status, cards = server.get("/v1/models")
    assert status == 200
    names = [(card["name"], card["version"]) for card in cards]
    assert names == sorted(names)
    assert {("key", 1), ("bpm_degara", 1), ("loudness_ebur128", 1), ("loudness_ebur128", 2)} <= set(names)
    for card in cards:
        Draft202012Validator.check_schema(card["result_schema"])
        assert card["unavailable"] is None or card["licence"] == "CC BY-NC-SA 4.0"
        for field in ("title", "group", "description", "citation", "licence", "units", "aliases", "parameters_schema"):
            assert field in card
    loudness = next(card for card in cards if (card["name"], card["version"]) == ("loudness_ebur128", 2))
    assert loudness["units"]["true_peak_dbtp"] == "dBTP"
    assert loudness["parameters_schema"]["properties"]["curves"]["type"] == "boolean"
    assert [card["default"] for card in cards if card["name"] == "loudness_ebur128"] == [True, False]


def test_health_and_readiness(server: Server) -> None:
    assert server.get("/healthz") == (200, {"status": "ok"})
    status, readiness = server.get("/readyz")
    assert status == 200
    assert readiness["ready"] is True
    assert readiness["free"] > 0


def test_the_openapi_document_describes_the_real_thing(server: Server) -> None:
    _, document = server.get("/openapi.json")
    assert document["info"]["version"] == __version__
    operation = document["paths"]["/v1/analysis/stream"]["post"]
    parameters = {(parameter["in"], parameter["name"]): parameter for parameter in operation["parameters"]}
    assert "required without `shape`" in parameters["query", "models"]["description"]
    assert {("header", "audio-url"), ("query", "audio_url"), ("header", "filename")} <= set(parameters)
    assert {"application/octet-stream", "multipart/form-data"} == set(operation["requestBody"]["content"])
    assert set(operation["responses"]) == {"200", "400", "401", "403", "413", "415", "422", "429", "500", "503"}
    assert "Retry-After" in operation["responses"]["429"]["headers"]


def test_every_event_fits_the_documents_schema(server: Server, track: bytes) -> None:
    _, document = server.get("/openapi.json")
    content = document["paths"]["/v1/analysis/stream"]["post"]["responses"]["200"]["content"]["text/event-stream"]
    schema = Draft202012Validator(content["itemSchema"]["properties"]["data"]["contentSchema"])
    events = server.analyze(track, "key,loudness_ebur128:2").events
    events.append({"status": "error", "error": "words"})
    for event in events:
        schema.validate(event)
    assert not schema.is_valid({"status": "completed"})
    for line in content["example"].splitlines():
        if line:
            schema.validate(json.loads(line.removeprefix("data: ")))


def test_the_process_that_speaks_http_loads_no_dsp() -> None:
    code = (
        "import sys; from tonearm.config import Settings; from tonearm.engine.local import LocalEngine; "
        "from tonearm.server.app import create_app; from tonearm.server.drain import Drain; "
        "from tonearm.server.key_ring import KeyRing; "
        "create_app(LocalEngine(1, 0, 1.0, 'info'), Settings(), Drain(), KeyRing()); "
        "print([name for name in ('av', 'essentia', 'numba', 'numpy', 'scipy', 'soxr') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
