"""The single values of a model's result, by its schema: what fits into the column of a table. Lists do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tonearm.protocol.catalog import ModelCard

_SINGLE = {"number", "integer", "string", "boolean"}


@dataclass(frozen=True)
class SingleValue:
    path: tuple[str, ...]
    """The names of the fields that lead to it."""
    type: str
    """JSON schema's name: number, integer, string or boolean."""

    def of(self, result: dict[str, Any] | None) -> Any:
        """None where there is no result, or no value in it."""
        value: Any = result
        for name in self.path:
            value = None if value is None else value.get(name)
        return value[0] if isinstance(value, list) else value


def single_values(card: ModelCard) -> Iterator[SingleValue]:
    """In the order of the schema. Of values by label, only where the schema names the labels."""
    for name, schema in card.result_schema.get("properties", {}).items():
        for label in schema.get("propertyNames", {}).get("enum", ()):
            yield SingleValue((name, label), schema["additionalProperties"]["type"])
        if (kind := _kind(schema)) is not None:
            yield SingleValue((name,), kind)


def _kind(schema: dict[str, Any]) -> str | None:
    """None where it is not a single value."""
    if "anyOf" in schema:
        kinds = {_kind(each) for each in schema["anyOf"] if each.get("type") != "null"}
        return kinds.pop() if len(kinds) == 1 else None
    if schema.get("maxItems") == 1 and "prefixItems" in schema:
        return _kind(schema["prefixItems"][0])
    kind = schema.get("type")
    return kind if kind in _SINGLE else None
