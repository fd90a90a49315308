"""What the image and `make serve` install is what is tested."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.support.dockerfile import ROOT
from tests.support.project import PROJECT

BUILD = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]


def pins(file: str) -> dict[str, set[str]]:
    """The versions of each package, of which there may be one for each Python."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements" / file).read_text(), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


@pytest.mark.parametrize("file", ["server.txt", "build.txt", "uv.txt"])
def test_every_version_is_that_of_the_tests(file: str) -> None:
    tested = pins("dev.txt")
    assert {name: tested.get(name) for name in pins(file)} == pins(file)


def test_nothing_that_it_imports_is_missing() -> None:
    needed = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["redis"]]
    assert {re.split(r"[^\w.-]", each)[0].lower() for each in needed} <= pins("server.txt").keys()
    assert set(BUILD["requires"]) <= pins("build.txt").keys()


@pytest.mark.parametrize("file", [path.name for path in sorted((ROOT / "requirements").glob("*.txt"))])
def test_every_requirement_has_a_hash(file: str) -> None:
    text = (ROOT / "requirements" / file).read_text()
    pinned = re.sub(r"\s*\\\n\s*", " ", text).splitlines()
    assert pinned
    assert [line for line in pinned if line and not line.startswith("#") and "--hash=sha256:" not in line] == []


def test_no_parser_is_installed_that_is_not_used() -> None:
    assert "httptools" not in pins("server.txt")
