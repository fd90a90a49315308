"""The OpenAPI document: true of what the server answers, and good for the clients that are generated of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support import plugin
from tests.support.http import Server
from tests.support.programs import needs
from tonearm import api_keys
from tonearm._version import __version__
from tonearm.protocol.messages import STREAM_EVENT

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "tests" / "clients"
GENERATOR = ROOT / ".cache" / "openapi-python-client" / "bin"
TYPESCRIPT = CLIENTS / "typescript" / "node_modules" / ".bin"
KEY, ENTRY = api_keys.create("tester")
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def document(server: Server) -> dict[str, Any]:
    found: dict[str, Any] = server.get("/openapi.json")[1]
    return found


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    with Server.started(TONEARM_WORKERS="1", TONEARM_API_KEYS=ENTRY) as running:
        yield running


def validator(document: dict[str, Any], name: str) -> Draft202012Validator:
    """Of a named schema, which may refer to others."""
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})


def test_it_describes_the_real_thing(document: dict[str, Any]) -> None:
    assert document["info"]["version"] == __version__
    operation = document["paths"]["/v1/analysis/stream"]["post"]
    parameters = {(parameter["in"], parameter["name"]): parameter for parameter in operation["parameters"]}
    assert "required without `shape`" in parameters["query", "models"]["description"]
    assert {("header", "audio-url"), ("query", "audio_url"), ("header", "filename")} <= set(parameters)
    assert {"application/octet-stream", "multipart/form-data"} == set(operation["requestBody"]["content"])
    assert set(operation["responses"]) == {"200", "400", "401", "403", "413", "415", "422", "429", "500", "503"}
    assert "Retry-After" in operation["responses"]["429"]["headers"]


def test_every_operation_has_a_name(document: dict[str, Any]) -> None:
    names = {
        f"{method} {path}": operation["operationId"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert names == {
        "post /v1/analysis/stream": "ondemand_analysis_stream",
        "get /v1/models": "list_models",
        "get /healthz": "health",
        "get /readyz": "readiness",
        "get /metrics": "metrics",
    }


def test_everything_has_a_named_schema(server: Server, document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas.keys() >= {
        *("StreamEvent", "Started", "Completed", "Failed", "Finished", "AudioWarning", "ModelResult", "Result"),
        *("Analysis", "Failure", "AudioFeatures", "Problem", "InternalProblem", "InvalidParameters"),
        *("ModelCard", "Health", "Readiness", "KeyV1", "LoudnessEbur128V1", "LoudnessEbur128V2", "ChordsV1Chord"),
    }
    text = json.dumps(document)
    assert '"$defs"' not in text
    for name in re.findall(r'"\$ref": "(.*?)"', text):
        assert name.removeprefix("#/components/schemas/") in schemas
    for name, schema in schemas.items():
        assert schema["title"] == name
        Draft202012Validator.check_schema(schema)
    can_run = [card for card in server.get("/v1/models")[1] if card["unavailable"] is None]
    assert len(schemas["Result"]["anyOf"]) == len(can_run)


def test_every_event_fits(server: Server, document: dict[str, Any], track: bytes) -> None:
    events = validator(document, "StreamEvent")
    models = "key,loudness_ebur128,loudness_ebur128:2,chords,silence,waveform"
    told = server.analyze(track, models).events
    told += server.analyze(track[: len(track) // 2], "danceability_dfa,key").events
    assert {event["status"] for event in told} == {"started", "completed", "finished"}
    assert any("warnings" in event for event in told)
    for event in [*told, {"status": "error", "error": "words"}]:
        events.validate(event)
    assert not events.is_valid({"status": "completed"})
    content = document["paths"]["/v1/analysis/stream"]["post"]["responses"]["200"]["content"]["text/event-stream"]
    assert content["itemSchema"]["properties"]["data"]["contentSchema"] == {"$ref": "#/components/schemas/StreamEvent"}
    for line in content["example"].splitlines():
        if line:
            STREAM_EVENT.validate_json(line.removeprefix("data: "))


def test_a_result_fits_the_schema_of_its_model(server: Server, document: dict[str, Any], track: bytes) -> None:
    names = {"key": "KeyV1", "bpm_degara": "BpmDegaraV1", "chords": "ChordsV1", "silence": "SilenceV1"}
    results = server.analyze(track, ",".join(names)).results
    for model, name in names.items():
        validator(document, name).validate(results[model])
        # The first that fits is what a generated client takes.
        first = next(
            each["$ref"].rpartition("/")[2]
            for each in document["components"]["schemas"]["Result"]["anyOf"]
            if validator(document, each["$ref"].rpartition("/")[2]).is_valid(results[model])
        )
        assert first == name


def test_every_document_fits(server: Server, document: dict[str, Any], track: bytes) -> None:
    validator(document, "Analysis").validate(json.loads(server.analyze(track, "key,silence", JSON).body()))
    assert not validator(document, "Analysis").is_valid({"results": {"key": {"no": "result"}}, "errors": []})
    for path, name in (("/healthz", "Health"), ("/readyz", "Readiness")):
        validator(document, name).validate(server.get(path)[1])
    for card in server.get("/v1/models")[1]:
        validator(document, "ModelCard").validate(card)
    for models, name in (("no_such_model", "Problem"), ("silence(gap=0)", "InvalidParameters")):
        validator(document, name).validate(json.loads(server.analyze(track, models).body()))


@pytest.mark.release
def test_a_plugins_result_is_there_too(tmp_path: Path) -> None:
    path = plugin.install(ROOT / "examples" / "plugin" / "tonearm_crest.py", tmp_path)
    with Server.started(TONEARM_WORKERS="1", PYTHONPATH=path) as server:
        schemas = server.get("/openapi.json")[1]["components"]["schemas"]
    (name,) = (name for name in schemas if name.startswith("Crest"))
    assert {"$ref": f"#/components/schemas/{name}"} in schemas["Result"]["anyOf"]


def test_it_says_who_needs_a_key(guarded: Server, document: dict[str, Any]) -> None:
    assert "securitySchemes" not in document["components"]
    asked = guarded.get("/openapi.json")[1]
    (scheme,) = asked["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for path, operations in asked["paths"].items():
        for operation in operations.values():
            assert ("security" in operation) == path.startswith("/v1/")


def test_it_is_made_once(server: Server) -> None:
    with server.open() as exchange:
        exchange.request("GET", "/openapi.json")
        answer = exchange.answer()
        answer.body()
    assert answer.header("Content-Type") == "application/json"
    with server.open() as exchange:
        exchange.request("GET", "/openapi.json", {"If-None-Match": answer.header("ETag")})
        assert exchange.answer().status == 304


@pytest.mark.release
@pytest.mark.skipif(not GENERATOR.is_dir(), reason="needs openapi-python-client in .cache: make setup")
def test_a_client_generated_in_python(guarded: Server, tmp_path: Path, track: bytes) -> None:
    """mypy finds a type for everything that the program does with it, and the program gets what the server measured."""
    write(guarded, tmp_path / "openapi.json")
    command = ["openapi-python-client", "generate", "--path", "openapi.json", "--output-path", "client"]
    environment = {**os.environ, "PATH": f"{GENERATOR}{os.pathsep}{os.environ['PATH']}"}
    told = run(GENERATOR / command[0], *command[1:], folder=tmp_path, **environment)
    assert "warning" not in told.lower()
    shutil.copy(CLIENTS / "python" / "analyse.py", tmp_path)
    (tmp_path / "track.wav").write_bytes(track)
    run(
        *(sys.executable, "-m", "mypy", "--strict", "--python-executable", GENERATOR / "python", "analyse.py"),
        folder=tmp_path,
        **{**os.environ, "MYPYPATH": str(tmp_path / "client")},
    )
    printed = run(
        *(GENERATOR / "python", "analyse.py", f"http://127.0.0.1:{guarded.port}", KEY, "track.wav"),
        folder=tmp_path,
        PYTHONPATH=str(tmp_path / "client"),
    )
    results = guarded.analyze(
        track, "key,loudness_ebur128:2,chords,bpm_degara", {"Authorization": f"Bearer {KEY}"}
    ).results
    loudness = results["loudness_ebur128"]["integrated_lufs"]
    assert printed.splitlines() == [
        f"bpm_degara {results['bpm_degara']['bpm']:.0f} bpm",
        f"chords {' '.join(chord['chord'] for chord in results['chords']['chords'])}",
        "key A minor",
        f"loudness-ebur128 {loudness:.1f} LUFS, {len(results['loudness_ebur128']['channels'])} channels",
        "audio features 9 0",
        "units of key 1",
        "ready True",
        "with another key: This server requires an API key that it knows. Send it as `Authorization: Bearer ta_...`.",
    ]


@pytest.mark.release
@needs("node")
@pytest.mark.skipif(not TYPESCRIPT.is_dir(), reason="needs openapi-typescript, which npm installs: make test")
def test_types_generated_for_typescript(guarded: Server, tmp_path: Path) -> None:
    write(guarded, tmp_path / "openapi.json")
    run(TYPESCRIPT / "openapi-typescript", "openapi.json", "--output", "api.d.ts", folder=tmp_path, **os.environ)
    shutil.copy(CLIENTS / "typescript" / "analyse.ts", tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    options = ["--strict", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler"]
    run(TYPESCRIPT / "tsc", *options, "analyse.ts", folder=tmp_path, **os.environ)
    printed = run("node", "analyse.js", f"http://127.0.0.1:{guarded.port}", KEY, folder=tmp_path, **os.environ)
    lines = printed.splitlines()
    assert lines[0] == "started 2"
    assert "key A minor" in lines
    assert any(re.fullmatch(r"chords (\S+ )*Am( \S+)*", line) for line in lines)
    assert lines[-1] == "finished "


def write(server: Server, file: Path) -> None:
    file.write_text(json.dumps(server.get("/openapi.json")[1]))


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
