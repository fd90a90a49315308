"""What every registered model must do, whoever wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.filter import Outcome, run
from tests.support.sounds import SOUNDS
from tonearm.pipeline.registry import catalog
from tonearm.protocol.catalog import ModelCard

CARDS = [card for card in catalog().cards if not card.unavailable]


def identity(card: ModelCard) -> str:
    return f"{card.name}:{card.version}"


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize("card", CARDS, ids=identity)
def test_gives_a_result_of_its_schema_or_a_clear_error(card: ModelCard, sound: str) -> None:
    outcome = run(SOUNDS[sound], identity(card))
    assert outcome.statuses in (["started", "completed", "finished"], ["started", "error", "finished"])
    for error in outcome.errors:
        assert (error["model_name"], error["model_version"]) == (card.name, str(card.version))
        assert error["error"]
    for result in outcome.results.values():
        Draft202012Validator(card.result_schema).validate(result)
        _within_ranges(result, card.result_schema, card.result_schema.get("$defs", {}))
        # Strict JSON: neither NaN nor infinity anywhere.
        json.dumps(result, allow_nan=False)


def _within_ranges(result: dict[str, Any], schema: dict[str, Any], parts: dict[str, Any]) -> None:
    """Every number of a field with a declared range lies in it; so do those of the objects that a list is made of."""
    for name, field in schema["properties"].items():
        low, high = field.get("range", (None, None))
        for number in _numbers(result[name]):
            assert low is None or number >= low, name
            assert high is None or number <= high, name
        if reference := field.get("items", {}).get("$ref"):
            for item in result[name]:
                _within_ranges(item, parts[reference.rpartition("/")[2]], parts)


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _numbers(part)


@cache
def of_music(models: str) -> Outcome:
    return run(SOUNDS["music"], models)


@pytest.mark.parametrize("card", CARDS, ids=identity)
def test_real_music_has_a_result(card: ModelCard) -> None:
    assert of_music(identity(card)).statuses == ["started", "completed", "finished"]


@pytest.mark.parametrize("card", CARDS, ids=identity)
def test_numbers_have_no_digits_that_mean_nothing(card: ModelCard) -> None:
    for result in of_music(identity(card)).results.values():
        assert max(len(json.dumps(number)) for number in _numbers(result)) <= 12


@pytest.mark.parametrize("card", CARDS, ids=identity)
def test_company_changes_nothing(card: ModelCard) -> None:
    everyone = ",".join(identity(other) for other in CARDS)
    assert of_music(everyone).results[identity(card)] == of_music(identity(card)).results[identity(card)]


@pytest.mark.parametrize("card", CARDS, ids=identity)
def test_declares_what_a_user_needs_to_know(card: ModelCard) -> None:
    Draft202012Validator.check_schema(card.result_schema)
    Draft202012Validator.check_schema(card.parameters_schema)
    assert card.title
    assert card.group
    assert card.description
    assert card.citation
    assert card.licence
    assert card.units


@pytest.mark.parametrize("card", CARDS, ids=identity)
def test_every_alias_leads_to_it(card: ModelCard) -> None:
    for alias in (card.name, *card.aliases):
        outcome = run(SOUNDS["1 s"], f"{alias}:{card.version}")
        named = [event.get("result", event).get("model_name") for event in outcome.events[1:-1]]
        assert named == [alias]
