"""compose.yaml, read as far as it can be without a container engine."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.support import dockerfile
from tests.support.dockerfile import ROOT
from tonearm.config import Settings

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
TONEARM: dict[str, Any] = COMPOSE["services"]["tonearm"]


@pytest.mark.parametrize("name", ["tonearm", "redis"])
def test_a_service_can_do_little(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service.get("user", dockerfile.last("USER")).split(":")[0] not in {"0", "root"}


def test_the_settings_are_real_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in TONEARM["environment"].items():
        assert name.removeprefix("TONEARM_").lower() in Settings.model_fields
        # Without a value it is passed on from where compose is called.
        if value is not None:
            monkeypatch.setenv(name, value)
    assert Settings().rate_limit_storage.split("/")[2] == "redis:6379"
    assert "redis" in TONEARM["depends_on"]


def test_what_its_documentation_names_is_passed_on() -> None:
    text = (ROOT / "docs" / "operating.md").read_text()
    named = re.search(r"capabilities and on a read-only file system\. Set (.*?)\sin the shell", text, re.DOTALL)
    assert named is not None
    passed = {name for name, value in TONEARM["environment"].items() if value is None}
    assert set(re.findall(r"TONEARM_\w+", named[1])) == passed
    assert "TONEARM_METRICS_PORT" in passed


def test_it_ends_after_the_server_has() -> None:
    assert int(TONEARM["stop_grace_period"].removesuffix("s")) > Settings.model_fields["grace_seconds"].default


def test_what_the_image_writes_to_is_kept() -> None:
    places = dict(volume.split(":") for volume in TONEARM["volumes"])
    assert set(places) == set(COMPOSE["volumes"])
    assert sorted(places.values()) == sorted(
        dockerfile.environment()[name] for name in ("TONEARM_MODELS_DIR", "NUMBA_CACHE_DIR")
    )
    assert all(f'"{place}"' in dockerfile.last("VOLUME") for place in places.values())


def test_only_this_machine_reaches_it_and_redis_reaches_nothing() -> None:
    assert TONEARM["ports"] == [f"127.0.0.1:{dockerfile.last('EXPOSE')}:{dockerfile.last('EXPOSE')}"]
    assert "ports" not in COMPOSE["services"]["redis"]
    assert [COMPOSE["networks"][name] for name in COMPOSE["services"]["redis"]["networks"]] == [{"internal": True}]
