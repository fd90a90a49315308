"""The workflow that makes a release, as far as it can be read; `make lint` checks its syntax."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.support.dockerfile import ROOT
from tests.support.project import PYTHONS

TEXT = (ROOT / ".github" / "workflows" / "release.yml").read_text()
JOBS: dict[str, Any] = yaml.safe_load(TEXT)["jobs"]


def test_every_action_is_one_commit() -> None:
    used = re.findall(r"uses: (\S+)", TEXT)
    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) for action in used), used


def test_nothing_is_released_before_all_else_has_passed() -> None:
    assert set(JOBS["release"]["needs"]) == JOBS.keys() - {"release"}
    assert [name for name, job in JOBS.items() if "permissions" in job] == ["release"]


def test_what_it_is_tried_on() -> None:
    assert JOBS["install"]["strategy"]["matrix"]["python"] == PYTHONS
    images = JOBS["image"]["strategy"]["matrix"]["include"]
    assert {image["architecture"]: image["runner"] for image in images} == {
        "amd64": "ubuntu-24.04",
        "arm64": "ubuntu-24.04-arm",
    }
