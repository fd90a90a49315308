"""What the server says of itself: its models and its health."""

from __future__ import annotations

import subprocess
import sys

from jsonschema import Draft202012Validator

from tests.support.http import Server


def test_models(server: Server) -> None:
    status, cards = server.get("/v1/models")
    assert status == 200
    names = [(card["name"], card["version"]) for card in cards]
    assert names == sorted(names)
    assert {("key", 1), ("bpm_degara", 1), ("loudness_ebur128", 1), ("loudness_ebur128", 2)} <= set(names)
    for card in cards:
        Draft202012Validator.check_schema(card["result_schema"])
        assert card["unavailable"] is None or "tonearm models pull" in card["unavailable"]
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


def test_the_process_that_speaks_http_loads_no_dsp() -> None:
    code = (
        "import sys, tonearm.server.run; from tonearm.config import Settings; "
        "from tonearm.engine.local import LocalEngine; "
        "from tonearm.server.app import create_app; from tonearm.server.drain import Drain; "
        "from tonearm.server.key_ring import KeyRing; "
        "create_app(LocalEngine(1, 0, 1.0, 'info'), Settings(), Drain(), KeyRing()); "
        "print([name for name in ('av', 'essentia', 'numba', 'numpy', 'ray', 'scipy', 'soxr') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
