"""The named schemas of the OpenAPI document: events, documents, and the result of each model of a catalogue.

Code generators make a type of each, so nothing is inlined and no two share a name. The results of the models come from
the catalogue: the server imports no model.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tonearm.protocol.catalog import Catalog, ModelCard
from tonearm.protocol.messages import Completed, Failed, Finished, Partial, Started
from tonearm.results.analysis import Analysis
from tonearm.results.spotify import AudioFeatures

Schema = dict[str, Any]

_PLACE = "#/components/schemas/"
_EVENTS: dict[str, type[BaseModel]] = {
    "started": Started,
    "partial": Partial,
    "completed": Completed,
    "error": Failed,
    "finished": Finished,
}
"""By their `status`."""


def reference(name: str) -> Schema:
    """The schema of that name."""
    return {"$ref": f"{_PLACE}{name}"}


def schemas(catalog: Catalog) -> dict[str, Schema]:
    """Every schema that does not belong to one operation alone, by its name."""
    told: list[type[BaseModel]] = [*_EVENTS.values(), Analysis, AudioFeatures]
    _, generated = models_json_schema([(model, "serialization") for model in told], ref_template=f"{_PLACE}{{model}}")
    named: dict[str, Schema] = generated["$defs"]
    named["StreamEvent"] = {
        "title": "StreamEvent",
        "description": "One event of the stream.",
        "oneOf": [reference(event.__name__) for event in _EVENTS.values()],
        "discriminator": {
            "propertyName": "status",
            "mapping": {status: f"{_PLACE}{event.__name__}" for status, event in _EVENTS.items()},
        },
    }
    named["Result"] = _results(catalog, named)
    named["ModelResult"]["properties"]["results"] = reference("Result")
    named["Analysis"]["properties"]["results"]["additionalProperties"] = reference("Result")
    return named


def _results(catalog: Catalog, named: dict[str, Schema]) -> Schema:
    """Adds the result of each model that can run here to `named`, and returns the schema of any of them."""
    found = []
    for card in catalog.cards:
        if card.unavailable is None:
            name = _free(f"{_pascal(card.name)}V{card.version}", named)
            named |= _of_model(card, name)
            found.append(name)
    # Generated clients take the first that fits: what has the most fields fits the least.
    found.sort(key=lambda name: -len(named[name].get("required", ())))
    return {
        "title": "Result",
        "description": "The result of one model: the schema that has the name and the version of the model.",
        # Without models anything may be a result; `anyOf` must not be empty.
        "anyOf": [reference(name) for name in found] or [{"type": "object"}],
    }


def _of_model(card: ModelCard, name: str) -> dict[str, Schema]:
    """The schema of its result, and those of the objects in it, whose names begin with its own."""
    schema = dict(card.result_schema)
    parts = {part: f"{name}{part}" for part in schema.pop("$defs", {})}
    about = {"title": name, "description": f"The result of {card.name}, version {card.version}: {card.title}."}
    return {name: _renamed(schema, parts) | about} | {
        parts[part]: _renamed(inner, parts) | {"title": parts[part]}
        for part, inner in card.result_schema.get("$defs", {}).items()
    }


def _renamed(schema: Any, parts: dict[str, str]) -> Any:
    """The same schema with references to named schemas in place of its own `$defs`."""
    if isinstance(schema, dict):
        return {
            key: f"{_PLACE}{parts[value.rpartition('/')[2]]}" if key == "$ref" else _renamed(value, parts)
            for key, value in schema.items()
        }
    return [_renamed(item, parts) for item in schema] if isinstance(schema, list) else schema


def _pascal(name: str) -> str:
    """loudness_ebur128 is LoudnessEbur128."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name))


def _free(name: str, taken: dict[str, Schema]) -> str:
    """A plugin's model may be called as nearly as another one's."""
    return name if name not in taken else _free(f"{name}_", taken)
