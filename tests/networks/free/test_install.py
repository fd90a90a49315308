"""Packs with a free licence from the command line to the server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from tests.networks.free.conftest import Installed
from tests.support.http import Server
from tonearm.cli import app
from tonearm.cli.checks import Grade, good
from tonearm.cli.checks import networks as look_at_networks
from tonearm.config import Settings
from tonearm.networks.free import answers
from tonearm.networks.free.install import install
from tonearm.networks.free.projects import PROJECTS, VIBENET, Project
from tonearm.networks.pack import PackError
from tonearm.networks.store import Store

Command = Callable[..., Result]


@pytest.fixture
def models(models_dir: Callable[[Path], None]) -> Command:
    """`tonearm models`, in this process."""

    def invoke(*arguments: str, folder: Path) -> Result:
        models_dir(folder)
        return CliRunner().invoke(app, ["models", *arguments])

    return invoke


def test_pull_list_info_verify_remove(
    files: Callable[[Project], Path], tmp_path: Path, models: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    folder = tmp_path / "models"
    done = models("pull", "vibenet", "--from", str(files(VIBENET)), folder=folder)
    assert (done.exit_code, done.stderr.strip()) == (0, "")
    assert done.stdout.startswith("vibenet: installed, at most ")
    assert "Jaeheon Shim, GPL-3.0-or-later" in done.stdout
    record = json.loads((folder / "vibenet" / "provenance.json").read_text())
    assert record["licence"] == "GPL-3.0-or-later"
    assert record["changed"].startswith("nothing")
    assert record["citation"] == VIBENET.citation
    assert record["difference"] < 1e-5

    listed = models("list", folder=folder).stdout
    assert ["vibenet", "16", "GPL-3.0-or-later", "installed"] in [line.split() for line in listed.splitlines()]
    told = models("show", "vibenet", folder=folder).stdout
    for words in ("GPL-3.0-or-later", "Jaeheon Shim", VIBENET.citation, "sha256 efa8845", "state      ready"):
        assert words in told
    assert "vibenet: good" in models("verify", folder=folder).stdout
    weights = folder / "vibenet" / "efficientnet_model.onnx"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    broken = models("verify", "vibenet", folder=folder)
    assert broken.exit_code == 1
    assert "efficientnet_model.onnx has changed since it was installed" in broken.stderr

    assert "vibenet: removed" in models("remove", "vibenet", folder=folder).stdout
    assert "is not installed here: run `tonearm models pull vibenet`" in models("show", "vibenet", folder=folder).stdout
    assert "vibenet is not installed here" in models("remove", "vibenet", folder=folder).stderr


def test_doctor_looks_at_them(files: Callable[[Project], Path], tmp_path: Path) -> None:
    install(VIBENET, Store(tmp_path), files(VIBENET), lambda done, total: None)
    given = Settings(models_dir=tmp_path)
    first, others = look_at_networks(given)
    assert first == good("vibenet")
    assert others.grade is Grade.NOTE
    assert "tempocnn, deeptemp_k24, keycnn, beatnet; signal processing" in others.words
    assert "`tonearm models pull defaults` installs them" in others.words
    (tmp_path / "vibenet" / "efficientnet_model.onnx").unlink()
    finding, _ = look_at_networks(given)
    assert finding.grade is Grade.BROKEN
    assert "vibenet has no efficientnet_model.onnx: run `tonearm models pull vibenet`" in finding.words


def test_what_is_told_of_other_models(networks: Path, models: Command) -> None:
    told = models("show", "danceability", folder=networks).stdout
    assert "CC BY-NC-SA 4.0" in told
    assert "came from  unknown" in told
    assert "AGPL-3.0-or-later" in models("show", "key", folder=networks).stdout
    assert "no_such is not a known model" in models("show", "no_such", folder=networks).stderr


def test_a_folder_is_not_for_networks_of_mtg(tmp_path: Path, models: Command) -> None:
    done = models("pull", "danceability", "--from", str(tmp_path), folder=tmp_path / "models")
    assert done.exit_code == 1
    assert "`tonearm models convert FOLDER` installs those" in done.stderr


def test_what_is_missing_is_said_and_nothing_is_installed(tmp_path: Path, models: Command) -> None:
    done = models("pull", "vibenet", "--from", str(tmp_path), folder=tmp_path / "models")
    assert done.exit_code == 1
    assert "has neither efficientnet_model.onnx nor vibenet-0.1.0-py3-none-any.whl" in done.stderr
    assert not list((tmp_path / "models").iterdir())


def test_one_that_answers_otherwise_than_the_original_is_not_installed(
    files: Callable[[Project], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "probe", lambda shape, low, high: np.zeros(shape, np.float32))
    with pytest.raises(PackError, match=r"vibenet does not answer as VibeNet 0.1.0 in onnxruntime .* does"):
        install(VIBENET, Store(tmp_path / "models"), files(VIBENET), lambda done, total: None)
    assert not list((tmp_path / "models").iterdir())


@pytest.mark.parametrize("project", PROJECTS.values(), ids=PROJECTS)
def test_every_network_answers_as_its_original(project: Project, installed: Installed) -> None:
    folder = installed(project.name) / project.name
    for network in project.networks:
        assert answers.check(network, folder / network.file) < 1e-5


@pytest.mark.release
def test_the_server_lists_licence_and_citation_and_answers(installed: Installed, track: bytes) -> None:
    folder = installed("vibenet", "tempocnn", "musicnn", "beatnet")
    with Server.started(TONEARM_WORKERS="1", TONEARM_MODELS_DIR=str(folder)) as server:
        cards = {card["name"]: card for card in server.get("/v1/models")[1]}
        assert (cards["tempocnn"]["licence"], cards["musicnn"]["licence"]) == ("AGPL-3.0-only", "ISC")
        together = server.analyze(track, "vibenet,tempocnn,musicnn,embedding_musicnn").results
        assert together["tempocnn"]["bpm"] == pytest.approx(120, abs=1)
        assert len(together["embedding_musicnn"]["embedding"]) == 200
        card = cards["vibenet"]
        assert (card["licence"], card["citation"], card["unavailable"]) == (VIBENET.licence, VIBENET.citation, None)
        assert (card["group"], card["network"]) == ("mood", "vibenet")
        result = together["vibenet"]
        assert set(result) == set(card["result_schema"]["properties"])
        with server.open() as exchange:
            exchange.request("POST", "/v1/analysis/stream?shape=audio-features", {"Content-Length": str(len(track))})
            exchange.send_body(track)
            features = json.loads(exchange.answer().body())
    # Energy is that of energy:1.
    described = {field: value for field, value in result.items() if field != "energy"}
    assert {field: features[field] for field in described} == described
    assert features["sources"]["liveness"] == "estimate of a network (vibenet)"
    assert features["reasons"] == {}
    assert features["time_signature"] == 4
    assert features["tempo"] == pytest.approx(120, abs=0.5)
    assert features["sources"]["time_signature"] == "beats in a bar, by networks (beats)"


def test_one_that_is_not_installed_says_how_to_get_it(server: Server) -> None:
    answer = server.analyze(b"", "vibenet")
    assert answer.status == 400
    assert "is not installed here: run `tonearm models pull vibenet`" in answer.detail
