"""The first start gets the default networks: from an index and an address made here, or not at all."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.support.http import Server
from tests.support.waiting import PATIENCE_SECONDS
from tonearm.cli import app
from tonearm.config import Settings
from tonearm.networks.free import defaults
from tonearm.networks.free.defaults import DEFAULTS, absent, remember, untried
from tonearm.networks.free.first_start import first_start
from tonearm.networks.free.projects import DEEPTEMP_K24, KEYCNN, TEMPOCNN, Address, Project, Wheel
from tonearm.networks.store import Store
from tonearm.server.default_networks import get_default_networks

ADDRESSED = [project for project in DEFAULTS if isinstance(project.source, Address)]


class _Publisher(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        self.requested: list[str] = []
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))


class _Handler(SimpleHTTPRequestHandler):
    server: _Publisher

    def do_GET(self) -> None:
        self.server.requested.append(self.path)
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[_Publisher]:
    (tmp_path / "published").mkdir()
    server = _Publisher(tmp_path / "published")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def published(
    tmp_path: Path, publisher: _Publisher, files: Callable[[Project], Path], monkeypatch: pytest.MonkeyPatch
) -> list[Project]:
    """Two default projects with their real files: one at an address, one on the only index that pip and uv know."""
    url = f"http://127.0.0.1:{publisher.server_address[1]}"
    (network,) = DEEPTEMP_K24.networks
    place = tmp_path / "published" / network.path
    place.parent.mkdir(parents=True)
    place.symlink_to(files(DEEPTEMP_K24) / network.file)
    wheel = tmp_path / "index" / "tempocnn-0.0.8-py3-none-any.whl"
    wheel.parent.mkdir()
    about = "tempocnn-0.0.8.dist-info"
    with zipfile.ZipFile(wheel, "w") as packed:
        for each in TEMPOCNN.networks:
            packed.write(files(TEMPOCNN) / each.file, each.path)
        packed.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tempocnn\nVersion: 0.0.8\n")
        packed.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{about}/RECORD", "")
    use_index(wheel.parent, monkeypatch)
    projects = [
        replace(DEEPTEMP_K24, source=Address(url)),
        replace(TEMPOCNN, source=Wheel(wheel.name, hashlib.sha256(wheel.read_bytes()).hexdigest())),
    ]
    monkeypatch.setattr(defaults, "DEFAULTS", tuple(projects))
    return projects


def use_index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for tool in ("PIP", "UV"):
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.delenv("UV_CONFIG_FILE", raising=False)


@pytest.fixture
def silent() -> Iterator[str]:
    """Of a host that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What was told since it was asked last."""
    caplog.set_level(logging.INFO, "tonearm.networks")

    def take() -> list[str]:
        lines = [record.getMessage() for record in caplog.records]
        caplog.clear()
        return lines

    return take


def only(monkeypatch: pytest.MonkeyPatch, *projects: Project) -> None:
    monkeypatch.setattr(defaults, "DEFAULTS", projects)


@pytest.mark.usefixtures("published")
def test_what_is_missing_is_installed_and_told(tmp_path: Path, told: Callable[[], list[str]]) -> None:
    models = tmp_path / "models"
    first_start(models)
    first, *others, last = told()
    assert str(models) in first
    assert "30 s at most: deeptemp_k24, tempocnn" in first
    assert sorted(line.partition(" is installed: ")[0] for line in others) == ["deeptemp_k24", "tempocnn"]
    assert all("AGPL-3.0-only, Hendrik Schreiber" in line for line in others)
    assert last.startswith("Networks: 2 of 2 installed in ")
    assert not absent(models)
    assert sorted(file.name for file in models.iterdir() if not file.name.startswith(".")) == [
        "deeptemp_k24",
        "tempocnn",
    ]
    first_start(models)
    assert told() == []


def test_two_starts_at_once_share_the_work(
    tmp_path: Path, published: list[Project], publisher: _Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, published[0])
    models = tmp_path / "models"
    starts = [threading.Thread(target=first_start, args=(models,)) for _ in range(2)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert not absent(models)
    assert publisher.requested == [f"/{published[0].networks[0].path}"]


def test_another_file_than_was_published_is_not_installed(
    tmp_path: Path, published: list[Project], told: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, published[0])
    place = tmp_path / "published" / published[0].networks[0].path
    place.unlink()
    place.write_bytes(b"another")
    first_start(tmp_path / "models")
    _, line, _ = told()
    assert line.startswith("deeptemp_k24 (AGPL-3.0-only) is not installed: http://127.0.0.1:")
    assert "is not the expected file" in line
    assert line.endswith(
        "Until `tonearm models pull deeptemp_k24` gets it, tempocnn or signal processing finds the tempo in its place."
    )
    assert absent(tmp_path / "models")


def test_a_host_that_says_nothing_is_given_up_and_not_asked_again(
    tmp_path: Path, silent: str, told: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, replace(KEYCNN, source=Address(silent)))
    first_start(tmp_path, silent_seconds=0.2)
    _, line, last = told()
    assert "does not answer in time" in line
    assert "signal processing finds the key in its place" in line
    assert last.startswith("Networks: 0 of 1 installed")
    first_start(tmp_path)
    assert told() == []
    only(monkeypatch, replace(KEYCNN, source=Address(f"{silent}/another/commit")))
    first_start(tmp_path, silent_seconds=0.2)
    assert len(told()) == 3


def test_an_index_that_says_nothing_is_given_up(
    tmp_path: Path, silent: str, told: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_index(tmp_path, monkeypatch)
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, f"{silent}/simple")
        monkeypatch.delenv(f"{name.partition('_')[0]}_NO_INDEX")
    only(monkeypatch, TEMPOCNN)
    first_start(tmp_path / "models", seconds=1)
    _, line, _ = told()
    assert "tempocnn-0.0.8-py3-none-any.whl did not come in time" in line
    assert [file.name for file in (tmp_path / "models").iterdir()] == [defaults.TRIED]


def test_a_folder_that_cannot_be_written_to_is_told(told: Callable[[], list[str]]) -> None:
    first_start(Path(os.devnull))
    (line,) = told()
    assert line.startswith(f"{os.devnull} cannot be written to (")
    assert "TONEARM_MODELS_DIR" in line


def test_what_was_removed_is_not_brought_back(
    tmp_path: Path, published: list[Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, published[1])

    def models(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["models", *arguments], env={"TONEARM_MODELS_DIR": str(tmp_path / "models")})

    done = models("pull", "defaults")
    assert done.exit_code == 0, done.stderr
    assert "tempocnn: installed" in done.stdout
    assert models("pull", "defaults").stdout == "All default networks are installed.\n"
    assert models("remove", "tempocnn").exit_code == 0
    assert [project.name for project in absent(tmp_path / "models")] == ["tempocnn"]
    assert untried(tmp_path / "models") == []
    listed = models("list").stdout
    assert "`tonearm models pull defaults` installs the default networks that are missing" in listed
    told = [line.split(maxsplit=1) for line in models("show", "defaults").stdout.splitlines()]
    assert told == [["tempocnn", "is not installed here: run `tonearm models pull tempocnn`."]]


@pytest.fixture
def unreachable(tmp_path: Path) -> dict[str, str]:
    """The environment of a server that reaches neither an index nor an address."""
    return {
        "TONEARM_PULL_NETWORKS": "on",
        "TONEARM_MODELS_DIR": str(tmp_path / "models"),
        "TONEARM_WORKERS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path),
        "UV_NO_INDEX": "1",
        "UV_FIND_LINKS": str(tmp_path),
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }


@pytest.mark.release
def test_a_server_without_a_network_starts_and_tries_once(
    tmp_path: Path, unreachable: dict[str, str], track: bytes
) -> None:
    models = tmp_path / "models"
    for project in DEFAULTS:
        # One of each kind is enough.
        if project not in {KEYCNN, TEMPOCNN}:
            remember(project, models)
    with Server.started(**unreachable) as server:
        assert server.analyze(track).results["key"]["key"] == ["A"]
        first = "".join(server.log)
    for name, instead in (("keycnn", "finds the key in its place"), ("tempocnn", "finds the tempo in its place")):
        (line,) = (line for line in first.splitlines() if f"{name} (AGPL-3.0-only) is not installed" in line)
        assert " WARNING - networks[" in line
        assert f"`tonearm models pull {name}`" in line
        assert instead in line
    with Server.started(**unreachable) as server:
        (line,) = (line for line in server.log if "networks" in line.lower())
    assert "INFO - server[" in line
    assert "Networks that are not installed: tempocnn, deeptemp_k24, keycnn, beatnet, vibenet." in line


def test_it_can_be_turned_off(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    get_default_networks(Settings(models_dir=tmp_path / "models", pull_networks=False))
    assert not caplog.records
    assert not list(tmp_path.iterdir())


@pytest.mark.release
def test_a_server_can_be_stopped_while_it_waits_for_networks(
    tmp_path: Path, unreachable: dict[str, str], silent: str
) -> None:
    models = tmp_path / "models"
    for project in DEFAULTS:
        if project not in ADDRESSED:
            remember(project, models)
    process = subprocess.Popen(
        [sys.executable, "-m", "tonearm", "serve", "--port", "0"],
        env={**os.environ, **unreachable, "HTTPS_PROXY": silent, "https_proxy": silent},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert any("Getting networks" in line for line in iter(process.stderr.readline, ""))
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) == 0
    # The process that got them has ended too, and nothing half done is left.
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    assert [file.name for file in models.iterdir()] == [defaults.TRIED]
    assert [project.name for project in untried(models)] == [project.name for project in ADDRESSED]
    assert Store(models).broken == {}
