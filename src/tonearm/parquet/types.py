"""The Arrow type of a model's result, of its JSON schema."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

_SINGLE = {"number": pa.float64(), "integer": pa.int64(), "string": pa.string(), "boolean": pa.bool_()}


def single_type(kind: str) -> pa.DataType:
    """By JSON schema's name of it."""
    return _SINGLE[kind]


def result_type(schema: dict[str, Any]) -> pa.DataType:
    """Objects become structs, values by label maps, arrays lists. What has no such type becomes a string of JSON."""
    return _type(schema, schema.get("$defs", {}))


def _type(schema: dict[str, Any], definitions: dict[str, Any]) -> pa.DataType:
    if "$ref" in schema:
        return _type(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        others = [each for each in schema["anyOf"] if each.get("type") != "null"]
        return _type(others[0], definitions) if len(others) == 1 else pa.string()
    match schema.get("type"):
        case "object" if schema.get("properties"):
            return pa.struct([(name, _type(each, definitions)) for name, each in schema["properties"].items()])
        case "object" if isinstance(schema.get("additionalProperties"), dict):
            return pa.map_(pa.string(), _type(schema["additionalProperties"], definitions))
        case "array" if "items" in schema:
            return pa.list_(_type(schema["items"], definitions))
        case "array" if len(schema.get("prefixItems", ())) == 1:
            return pa.list_(_type(schema["prefixItems"][0], definitions))
        case kind:
            return _SINGLE.get(str(kind), pa.string())


def fitting(value: Any, type_: pa.DataType) -> Any:
    """The value as Arrow takes it for this type: maps as pairs, and JSON where there is no type for it."""
    if value is None:
        return None
    if pa.types.is_struct(type_):
        return {each.name: fitting(value.get(each.name), each.type) for each in type_}
    if pa.types.is_map(type_):
        return [(label, fitting(each, type_.item_type)) for label, each in value.items()]
    if pa.types.is_list(type_):
        inner = type_.value_type
        return [fitting(each, inner) for each in value] if pa.types.is_nested(inner) else value
    if pa.types.is_string(type_) and not isinstance(value, str):
        return json.dumps(value)
    return value
