"""The grammar of the `models` parameter: `key:1, bpm_degara, loudness_ebur128:2(curves=true)`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import NamedTuple

from tonearm.errors import MalformedSpec
from tonearm.protocol.job import Value

_WORD = r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}"
_ITEM = re.compile(rf"(?P<name>{_WORD})(?::(?P<version>[0-9]{{1,6}}))?(?:\((?P<parameters>[^()]*)\))?", re.ASCII)
_PARAMETER = re.compile(rf"\s*(?P<key>{_WORD})\s*=\s*(?P<value>[A-Za-z0-9_.+-]{{1,100}})\s*", re.ASCII)
_PAIR_OR_COMMA = re.compile(r"\([^()]*\)|,")
_LONGEST = 4000


class Spec(NamedTuple):
    """One item as the client wrote it; without a version, the model's default version."""

    name: str
    version: int | None
    parameters: dict[str, Value]


def parse(models: str) -> list[Spec]:
    """Parse a comma-separated list of `name`, `name:version` or `name:version(key=value,key=value)`.

    One comma may follow the last item. Raises MalformedSpec for an empty list and for an item in any other form.
    """
    if len(models) > _LONGEST:
        raise MalformedSpec(f"The list of models is longer than {_LONGEST} characters.")
    if not models.strip():
        raise MalformedSpec("Name at least one model, for example models=key:1,bpm_degara.")
    *items, last = (item.strip() for item in _split(models))
    return [_item(item) for item in (items if items and not last else [*items, last])]


def written(parameters: Mapping[str, Value]) -> str:
    """Parameters in the syntax of `parse`, sorted by name; "" for none."""
    given = (f"{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in parameters.items())
    return f"({','.join(sorted(given))})" if parameters else ""


def _split(models: str) -> Iterator[str]:
    """At each comma that is not between parentheses, in time that grows with the length alone."""
    start = 0
    for found in _PAIR_OR_COMMA.finditer(models):
        if found[0] == ",":
            yield models[start : found.start()]
            start = found.end()
    yield models[start:]


def _item(item: str) -> Spec:
    found = _ITEM.fullmatch(item)
    if found is None:
        raise MalformedSpec(
            f"{item[:100]!r} is not a model: write name, name:version or name:version(key=value), separated by commas."
        )
    version = found["version"]
    return Spec(found["name"], None if version is None else int(version), _parameters(found["parameters"], item))


def _parameters(text: str | None, item: str) -> dict[str, Value]:
    parameters: dict[str, Value] = {}
    for part in text.split(",") if text else ():
        found = _PARAMETER.fullmatch(part)
        if found is None:
            raise MalformedSpec(f"{part.strip()!r} in {item[:100]!r} is not a parameter: write key=value.")
        if found["key"] in parameters:
            raise MalformedSpec(f"The parameter {found['key']!r} is given twice in {item[:100]!r}.")
        parameters[found["key"]] = _value(found["value"])
    return parameters


def _value(text: str) -> Value:
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if "_" in text:
        # Python would read 1_0 as 10.
        return text
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        # NaN passes any bounds check, and JSON, the format of a job, has neither NaN nor infinity.
        return number if isfinite(number) else text
    return text
