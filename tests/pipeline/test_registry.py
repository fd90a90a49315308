from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import tonearm.models
from tests.support.summing import Summing
from tonearm.models.key import KeyModel
from tonearm.pipeline import registry


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
    installed()
    own = [model for model in registry.models.__wrapped__().values() if model.__module__.startswith("tonearm.models.")]
    files = {file.stem for file in Path(tonearm.models.__path__[0]).glob("*.py")} - {"__init__"}
    assert {model.name for model in own} == {model.__module__.rpartition(".")[2] for model in own} == files
    assert {model.version for model in own if model.name == "loudness_ebur128"} == {1, 2}


def test_a_plugin_adds_a_class(installed: Callable[..., list[tuple[str, int]]]) -> None:
    assert ("summing", 1) in installed("tests.pipeline.test_registry:Plugin")


def test_a_broken_plugin_is_left_out(
    installed: Callable[..., list[tuple[str, int]]], caplog: pytest.LogCaptureFixture
) -> None:
    assert installed("tests.no_such_module:Model", "tests.pipeline.test_registry:Nothing") == installed()
    assert "tests.no_such_module:Model could not be loaded" in caplog.text


def test_a_taken_name_is_left_out(
    installed: Callable[..., list[tuple[str, int]]], caplog: pytest.LogCaptureFixture
) -> None:
    assert installed("tests.pipeline.test_registry:Impostor") == installed()
    assert "the name is already taken" in caplog.text
    assert registry.models()["key", 1] is KeyModel
