"""What the image is made of, step by step, as far as no container engine is needed for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import dockerfile
from tests.support.dockerfile import ROOT
from tests.support.hostile import Hostile, whole
from tests.support.http import Server
from tests.support.uv import UV, build_wheel
from tonearm.config import Settings

DOCS = ROOT / "docs"
ID = "10001"


@dataclass
class Image:
    folder: Path

    @property
    def wheel(self) -> Path:
        (wheel,) = self.folder.glob("wheels/*.whl")
        return wheel

    @property
    def site(self) -> Path:
        return self.folder / "site"

    @property
    def models(self) -> Path:
        return self.folder / "models"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def environment(self) -> dict[str, str]:
        """The image's own, with the folders of this one. Beneath lie the packages of these tests."""
        return dockerfile.environment() | {
            "NUMBA_CACHE_DIR": str(self.cache),
            "TONEARM_MODELS_DIR": str(self.models),
            "TONEARM_HOST": "127.0.0.1",
            "PYTHONPATH": str(self.site),
            "TMPDIR": str(self.folder / "tmp"),
        }

    def read_only(self, *command: str) -> list[str]:
        """The command as the image's user, where nothing but the cache and TMPDIR can be written.

        Its one capability is to read everything: the Python of these tests may lie in a folder closed to others.
        """
        mounts = (
            f"mount --bind {self.folder} {self.folder} && mount --bind {self.cache} {self.cache} && "
            f"mount -t tmpfs tmpfs {self.folder}/tmp && mount -o remount,bind,ro {self.folder} && "
            'mount -o remount,bind,ro / && exec "$@"'
        )
        reading = "-all,+dac_read_search"
        drop = ["--reuid", ID, "--regid", ID, "--clear-groups", "--no-new-privs"]
        drop += [f"--{kind}={reading}" for kind in ("bounding-set", "inh-caps", "ambient-caps")]
        return ["unshare", "--mount", "sh", "-c", mounts, "sh", "setpriv", *drop, *command]


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The wheel, built from what the build is given, installed, and its cache made as the Dockerfile makes it."""
    with tempfile.TemporaryDirectory() as name:
        image = Image(Path(name))
        image.folder.chmod(0o755)
        for folder in ("context", "models", "cache", "tmp"):
            (image.folder / folder).mkdir()
        for source in dockerfile.context():
            target = image.folder / "context" / source
            target.parent.mkdir(exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(ROOT / source, target)
        build_wheel(image.folder / "context", image.folder / "wheels")
        python = ["--python", sys.executable]
        install = [*UV, "pip", "install", "--no-deps", *python, "--target", str(image.site), str(image.wheel)]
        subprocess.run(install, check=True)
        (warm,) = (
            line for name, line in dockerfile.instructions() if name == "RUN" and "tonearm.engine.worker" in line
        )
        subprocess.run(["sh", "-c", warm], env=_environment(image), check=True)
        for path in (image.cache, *image.cache.rglob("*")):
            os.chown(path, int(ID), int(ID))
        yield image


def _environment(image: Image) -> dict[str, str]:
    return {**os.environ, **image.environment, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def test_the_build_is_given_what_it_copies_and_nothing_else() -> None:
    assert sorted(dockerfile.context()) == sorted(dockerfile.copied())


def test_the_environment_is_made_of_real_settings() -> None:
    names = {name.removeprefix("TONEARM_").lower() for name in dockerfile.environment() if name.startswith("TONEARM_")}
    assert names <= set(Settings.model_fields)
    assert dockerfile.last("EXPOSE") == str(Settings.model_fields["port"].default)


def test_it_does_not_run_as_root() -> None:
    assert dockerfile.last("USER") == f"{ID}:{ID}"


@pytest.mark.release
def test_the_wheel_has_all_that_is_not_python(image: Image) -> None:
    expected = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "tonearm").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "tonearm/networks/published.txt" in expected
    expected |= {f"tonearm/web/docs/{path.name}" for path in (*DOCS.glob("*.md"), DOCS / "grafana.json")}
    with zipfile.ZipFile(image.wheel) as wheel:
        assert {name for name in wheel.namelist() if name.startswith("tonearm/")} == expected


def test_the_health_check(server: Server) -> None:
    command = [sys.executable, *dockerfile.health_check()[1:]]

    def check(port: int) -> int:
        environment = {**os.environ, "TONEARM_PORT": str(port)}
        return subprocess.run(command, env=environment, stderr=subprocess.DEVNULL).returncode

    assert check(server.port) == 0
    with Hostile.started({"/readyz": whole(b"{}", status="503 Service Unavailable")}) as draining:
        assert check(draining.port) == 1
    assert check(draining.port) == 1


@pytest.mark.release
def test_it_runs_read_only_without_root_and_with_a_warm_cache(image: Image, track: bytes) -> None:
    _need_namespaces()
    image.models.chmod(0o777)
    probe = "import os, tonearm; print(os.getuid(), tonearm.__file__); open('models/file', 'x')"
    refused = subprocess.run(
        image.read_only(sys.executable, "-c", probe),
        cwd=image.folder,
        env=_environment(image),
        capture_output=True,
        text=True,
    )
    assert refused.stdout == f"{ID} {image.site / 'tonearm' / '__init__.py'}\n"
    assert "Read-only file system" in refused.stderr
    before = _files(image.cache)
    assert before
    with Server.started(within=image.read_only(), TONEARM_WORKERS="1", **image.environment) as server:
        answer = server.analyze(track, "key,bpm_degara,loudness_ebur128:2")
        assert answer.statuses == ["started", "completed", "completed", "completed", "finished"]
        complaints = [line for line in server.log if "WARNING" in line or "ERROR" in line]
        assert all("no API keys are set" in line for line in complaints), complaints
    # Nothing was left to compile.
    assert _files(image.cache) == before


def _files(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def _need_namespaces() -> None:
    if os.getuid() != 0 or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("needs to be root, and to mount")
