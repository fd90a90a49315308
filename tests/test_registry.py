from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint

import pytest

from tests.test_graph import Summing
from tonearm import registry
from tonearm.models.key import Key


class Plugin(Summing):
    name = "summing"
    title = "Sum"
    description = "The sum of all samples."
    citation = "none"
    licence = "CC0-1.0"


class Impostor(Plugin):
    name = "key"


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[str, int]]]:
    """The names and versions known with these entry points installed."""

    def known(*values: str) -> list[tuple[str, int]]:
        points = [EntryPoint(f"p{index}", value, registry.GROUP) for index, value in enumerate(values)]
        monkeypatch.setattr(registry, "entry_points", lambda group: points)
        return list(registry.models.__wrapped__())

    return known


def test_the_files_of_the_folder_are_the_models(installed: Callable[..., list[tuple[str, int]]]) -> None:
    assert installed() == [("bpm_degara", 1), ("key", 1), ("loudness_ebur128", 1), ("loudness_ebur128", 2)]


def test_a_plugin_adds_a_class(installed: Callable[..., list[tuple[str, int]]]) -> None:
    assert ("summing", 1) in installed("tests.test_registry:Plugin")


def test_a_broken_plugin_is_left_out(
    installed: Callable[..., list[tuple[str, int]]], caplog: pytest.LogCaptureFixture
) -> None:
    assert len(installed("tests.no_such_module:Model", "tests.test_registry:Nothing")) == 4
    assert "tests.no_such_module:Model could not be loaded" in caplog.text


def test_a_taken_name_is_left_out(
    installed: Callable[..., list[tuple[str, int]]], caplog: pytest.LogCaptureFixture
) -> None:
    assert len(installed("tests.test_registry:Impostor")) == 4
    assert "the name is taken" in caplog.text
    assert registry.models()["key", 1] is Key
