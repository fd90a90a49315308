"""Tonearm installs from wheels alone, without a compiler, wherever it says that it does."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests.support import dockerfile
from tests.support.dockerfile import ROOT
from tests.support.project import PYTHONS
from tests.support.uv import UV

PLATFORMS = {
    "Linux on x86-64": "x86_64-manylinux_2_28",
    "Linux on ARM64": "aarch64-manylinux_2_28",
    "macOS 14 on Apple silicon": "aarch64-apple-darwin",
}
EXTRAS = ["batch", "mcp", "plot", "ray", "redis"]
ENVIRONMENT = os.environ | {"MACOSX_DEPLOYMENT_TARGET": "14.0"}

pytestmark = [pytest.mark.release, pytest.mark.usefixtures("index")]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_dependency_has_a_wheel(platform: str, python: str) -> None:
    extras = [f"--extra={extra}" for extra in EXTRAS]
    done = resolved("pyproject.toml", *extras, "--python-platform", PLATFORMS[platform], "--python-version", python)
    assert done.returncode == 0, done.stderr
    assert {"numba", "av", "onnxruntime"} <= {line.partition("==")[0] for line in done.stdout.splitlines()}
    assert "essentia" not in done.stdout


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_package_that_is_pinned_for_a_server_has_a_wheel(platform: str) -> None:
    """For the Python of the image."""
    python = re.search(r"python:(3\.\d+)", dockerfile.last("FROM"))
    assert python is not None
    pinned = ["requirements/server.txt", "requirements/build.txt"]
    done = resolved(*pinned, "--python-platform", PLATFORMS[platform], "--python-version", python[1])
    assert done.returncode == 0, done.stderr


def test_what_has_no_wheel_is_found() -> None:
    """Essentia, which has none for ARM64."""
    arm = ["--python-platform", PLATFORMS["Linux on ARM64"], "--python-version", "3.11"]
    done = resolved("-", *arm, given="essentia==2.1b6.dev1389")
    assert "has no wheels" in done.stderr


def resolved(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [*UV, "pip", "compile", "--no-header", "--no-annotate", "--only-binary", ":all:", *arguments]
    return subprocess.run(command, input=given, cwd=ROOT, env=ENVIRONMENT, text=True, capture_output=True)
