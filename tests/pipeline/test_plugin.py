"""A third party's model: the example package, installed as anyone would, served by name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.support.http import Server
from tests.support.python_path import in_front
from tests.support.sounds import wav

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugin"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--target", folder, EXAMPLE], check=True)
    return folder


@pytest.mark.release
def test_an_installed_package_is_served(site: Path) -> None:
    sine = np.sin(2 * np.pi * 441 * np.arange(44_100) / 44_100)[None] * 0.5
    with Server.started(TONEARM_WORKERS="1", PYTHONPATH=in_front(site)) as server:
        card = next(card for card in server.get("/v1/models")[1] if card["name"] == "crest_factor")
        assert card["units"] == {"crest_factor": "dB"}
        assert card["licence"] == "CC0-1.0"
        answer = server.analyze(wav(sine), "crest-factor,key")
        assert answer.results["crest-factor"]["crest_factor"] == pytest.approx(20 * np.log10(2**0.5), abs=0.01)
        assert "key" in answer.results
        silent = server.analyze(wav(sine), "crest_factor(floor=-3)")
        assert silent.results["crest_factor"] == {"crest_factor": None}
        assert server.analyze(wav(sine), "crest_factor(floor=3)").status == 422
