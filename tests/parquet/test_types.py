"""Every model's result fits its type, and comes back as it was."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from tests.support.filter import run
from tonearm.parquet.types import fitting, result_type
from tonearm.pipeline import registry
from tonearm.sample import sample_track


@pytest.mark.release
def test_every_result_comes_back_as_it_was() -> None:
    cards = [card for card in registry.catalog().cards if card.unavailable is None]
    results = run(sample_track(6), ",".join(f"{card.name}:{card.version}" for card in cards)).results
    for card in cards:
        result: dict[str, Any] = next(
            results[name] for name in (card.name, f"{card.name}:{card.version}") if name in results
        )
        type_ = result_type(card.result_schema)
        (back,) = pa.array([fitting(result, type_)], type_).to_pylist(maps_as_pydicts="strict")
        assert {name: value for name, value in back.items() if name in result} == result


def test_what_has_no_type_is_json() -> None:
    schema = {
        "properties": {"any": {"anyOf": [{"type": "number"}, {"type": "string"}]}, "labels": {}},
        "type": "object",
    }
    type_ = result_type(schema)
    assert pa.array([fitting({"any": 1.5, "labels": [1, {"a": 2}]}, type_)], type_).to_pylist() == [
        {"any": "1.5", "labels": '[1, {"a": 2}]'}
    ]
