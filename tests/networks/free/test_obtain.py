"""Published files out of wheels, from addresses and from folders: with the real pip and uv, and an index made here."""

from __future__ import annotations

import hashlib
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tonearm.networks.free import obtain as module
from tonearm.networks.free.obtain import obtain
from tonearm.networks.free.projects import PROJECTS, VIBENET, Address, Network, Project, Wheel, find
from tonearm.networks.pack import PackError

WEIGHTS = b"weights that stay what they are"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """One whose wheel, for an old Python only, is on the only index that pip and uv know."""
    index = tmp_path / "index"
    index.mkdir()
    wheel = index / "weightlifter-1.0-py3-none-any.whl"
    about = "weightlifter-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("weightlifter/__init__.py", "raise SystemExit('it is not for running')")
        packed.writestr("weightlifter/models/heavy.h5", WEIGHTS)
        metadata = "Metadata-Version: 2.1\nName: weightlifter\nVersion: 1.0\nRequires-Python: <3.12\n"
        packed.writestr(f"{about}/METADATA", f"{metadata}Requires-Dist: tensorflow\n")
        packed.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{about}/RECORD", "")
    for tool in ("PIP", "UV"):
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(index))
        monkeypatch.setenv(f"{tool}_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.delenv("UV_CONFIG_FILE")
    return Project(
        name="weights",
        title="",
        licence="",
        authors="",
        citation="",
        source=Wheel(wheel.name, digest(wheel.read_bytes())),
        megabytes=1,
        networks=(Network("heavy", "weightlifter/models/heavy.h5", digest(WEIGHTS), "heavy.h5"),),
    )


def get(project: Project, tmp_path: Path, given: Path | None = None) -> bytes:
    target = tmp_path / "target"
    target.mkdir(exist_ok=True)
    obtain(project, target, given, lambda done, total: None)
    assert [file.name for file in target.iterdir()] == ["heavy.h5"]
    return (target / "heavy.h5").read_bytes()


@pytest.fixture(params=["pip", "uv", "pip of another Python"])
def tool(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of them alone."""
    path = tmp_path / "path"
    path.mkdir()
    monkeypatch.setenv("PATH", str(path))
    if request.param != "pip":
        program = "uv" if request.param == "uv" else "pip"
        (path / program).symlink_to(Path(sys.executable).with_name(program))
        monkeypatch.setattr(module, "find_spec", lambda name: None)


@pytest.mark.release
@pytest.mark.usefixtures("tool")
def test_a_file_is_taken_out_of_a_wheel_that_is_for_another_python(project: Project, tmp_path: Path) -> None:
    assert get(project, tmp_path) == WEIGHTS


@pytest.mark.usefixtures("tool")
def test_another_wheel_than_the_known_one_is_refused(project: Project, tmp_path: Path) -> None:
    assert isinstance(project.source, Wheel)
    with pytest.raises(PackError, match=r"weightlifter-1.0-py3-none-any.whl could not be downloaded"):
        get(replace(project, source=Wheel(project.source.name, "0" * 64)), tmp_path)


def test_without_pip_and_uv_it_says_what_to_do(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(PackError, match=r"needs pip or uv.*`pip download --no-deps weightlifter==1.0`.*--from"):
        get(project, tmp_path)


def test_a_folder_may_have_the_wheel_or_the_file(project: Project, tmp_path: Path) -> None:
    assert get(project, tmp_path, tmp_path / "index") == WEIGHTS
    brought = tmp_path / "brought"
    brought.mkdir()
    (brought / "heavy.h5").write_bytes(WEIGHTS)
    assert get(project, tmp_path, brought) == WEIGHTS
    (brought / "heavy.h5").write_bytes(WEIGHTS[1:])
    with pytest.raises(PackError, match=r"heavy.h5 is not the file that weights published: its sha256 is"):
        get(project, tmp_path, brought)
    (brought / "heavy.h5").unlink()
    with pytest.raises(PackError, match=r"has neither heavy.h5 nor weightlifter-1.0-py3-none-any.whl"):
        get(project, tmp_path, brought)


def test_a_broken_wheel_is_named(project: Project, tmp_path: Path) -> None:
    (tmp_path / "index" / "weightlifter-1.0-py3-none-any.whl").write_bytes(b"no archive")
    with pytest.raises(PackError, match=r"weightlifter-1.0-py3-none-any.whl is broken"):
        get(project, tmp_path, tmp_path / "index")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Of a server with what is in `tmp_path`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_file_is_downloaded_from_its_projects_address(project: Project, tmp_path: Path, address: str) -> None:
    at = tmp_path / "commit" / "weightlifter" / "models"
    at.mkdir(parents=True)
    (at / "heavy.h5").write_bytes(WEIGHTS)
    project = replace(project, source=Address(f"{address}/commit"))
    assert get(project, tmp_path) == WEIGHTS
    (at / "heavy.h5").write_bytes(WEIGHTS[1:])
    with pytest.raises(PackError, match="is not the expected file"):
        get(project, tmp_path)


def test_every_project_is_whole() -> None:
    networks = [network for project in PROJECTS.values() for network in project.networks]
    assert len({network.name for network in networks}) == len(networks)
    for project in PROJECTS.values():
        assert project.licence
        assert project.authors
        assert "http" in project.citation
        assert len({network.file for network in project.networks}) == len(project.networks)
        hashes = [network.sha256 for network in project.networks]
        if isinstance(project.source, Wheel):
            hashes.append(project.source.sha256)
        assert all(len(bytes.fromhex(each)) == 32 for each in hashes)


def test_a_project_is_found_by_its_own_name_and_by_those_of_its_networks() -> None:
    assert find("VibeNet") is VIBENET
    assert find("danceability") is None
