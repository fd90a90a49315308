"""Results for programs: JSON, one line for each source, and CSV, one row."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from typing import Any, ClassVar

from tonearm.cli.backend import Outcome
from tonearm.cli.requested import RequestedModel, requested_models, spelled
from tonearm.protocol.catalog import Catalog, ModelCard
from tonearm.protocol.job import Task


class JsonLines:
    """`{"file", "models", "results", "errors", "warnings"}`, as soon as a source is done."""

    immediate: ClassVar[bool] = True

    def ready(self, catalog: Catalog, tasks: tuple[Task, ...]) -> None:
        self._models = [spelled(task) for task in tasks]

    def write(self, outcome: Outcome) -> None:
        # ASCII, so that a name that is no UTF-8 can be read back.
        line = {"file": outcome.source.name, "models": self._models, **outcome.analysis.model_dump()}
        _write(json.dumps(line, separators=(",", ":")).encode() + b"\n")

    def end(self) -> None:
        """Nothing is kept."""


class Csv:
    """The file, each single value of each model, what failed, and what to know of the audio.

    Lists, such as beats and curves, have no column.
    """

    immediate: ClassVar[bool] = True

    def ready(self, catalog: Catalog, tasks: tuple[Task, ...]) -> None:
        self._columns = [(each, field) for each in requested_models(catalog, tasks) for field in _fields(each.card)]
        self._write(["file", *(".".join((each.name, *field)) for each, field in self._columns), "error", "warning"])

    def write(self, outcome: Outcome) -> None:
        cells = [_cell(each, field, outcome) for each, field in self._columns]
        errors = " ".join(
            f"{failure.model_name}: {failure.error}" if failure.model_name else failure.error
            for failure in outcome.analysis.errors
        )
        warnings = " ".join(warning.message for warning in outcome.analysis.warnings)
        self._write([outcome.source.name, *cells, errors, warnings])

    def end(self) -> None:
        """Nothing is kept."""

    def _write(self, cells: list[Any]) -> None:
        row = io.StringIO(newline="")
        csv.writer(row, lineterminator="\n").writerow(cells)
        _write(row.getvalue().encode("utf-8", "surrogateescape"))


def _fields(card: ModelCard) -> Iterator[tuple[str, ...]]:
    """Where a result of this model has single values, by its schema."""
    for name, schema in card.result_schema.get("properties", {}).items():
        labels = schema.get("propertyNames", {}).get("enum")
        if labels:
            yield from ((name, label) for label in labels)
        elif _is_single(schema):
            yield (name,)


def _is_single(schema: dict[str, Any]) -> bool:
    if "anyOf" in schema:
        return all(_is_single(each) for each in schema["anyOf"])
    if schema.get("maxItems") == 1 and "prefixItems" in schema:
        return _is_single(schema["prefixItems"][0])
    return schema.get("type") in {"number", "integer", "string", "boolean", "null"}


def _cell(each: RequestedModel, field: tuple[str, ...], outcome: Outcome) -> Any:
    value: Any = each.result(outcome.analysis)
    for name in field:
        value = None if value is None else value.get(name)
    return value[0] if isinstance(value, list) else value


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
