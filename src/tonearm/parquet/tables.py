"""The three tables: their schemas for the models of a batch, and the rows of one source."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from tonearm.parquet.parts import RESULTS, SOURCES, TRACKS
from tonearm.parquet.track import AUDIO, track_of
from tonearm.parquet.types import fitting, result_type, single_type
from tonearm.protocol.spec import written
from tonearm.results.analysis import Analysis
from tonearm.results.requested import RequestedModel
from tonearm.results.single_values import SingleValue, single_values

_SOURCES = pa.schema([("source", pa.string()), ("track", pa.string()), ("bytes", pa.int64()), ("error", pa.string())])
_TRACKS = [
    pa.field("track", pa.string()),
    pa.field("source", pa.string()),
    pa.field("warnings", pa.list_(pa.string())),
    pa.field("error", pa.string()),
]

Rows = dict[str, pa.RecordBatch]
"""By the folder of their table."""


@dataclass(frozen=True)
class _Column:
    name: str
    model: RequestedModel
    value: SingleValue


class Tables:
    def __init__(self, models: Sequence[RequestedModel]) -> None:
        """`audio:1` is among the models."""
        self._models = models
        (self._audio,) = (each for each in models if (each.card.name, each.card.version) == AUDIO)
        self._columns = _columns(models)
        self._tracks = pa.schema([*_TRACKS, *((each.name, single_type(each.value.type)) for each in self._columns)])
        self._results = {each.name: _schema(each) for each in models}

    def track(self, source: str, analysis: Analysis) -> str | None:
        """None where nothing was analysed."""
        return track_of(self._audio.result(analysis), source) if analysis.results else None

    def source(self, source: str, size: int | None, track: str | None, analysis: Analysis) -> Rows:
        """The row that says that it is done."""
        row = {"source": source, "track": track, "bytes": size, "error": _errors(analysis)}
        return {SOURCES: pa.RecordBatch.from_pylist([row], _SOURCES)}

    def results(self, source: str, track: str, analysis: Analysis) -> Rows:
        """The rows of a track that is not known yet. A result that is not as its model's schema says is an error."""
        head = {"track": track, "source": source}
        rows: dict[str, list[pa.RecordBatch]] = defaultdict(list)
        wide = head | {"warnings": [each.message for each in analysis.warnings], "error": _errors(analysis)}
        for model in self._models:
            schema = self._results[model.name]
            row = head | {"parameters": written(model.task.parameters)[1:-1], "error": None, "result": None}
            try:
                found = model.result(analysis)
                row["result"] = fitting(found, schema.field("result").type)
                row["error"] = None if found is not None else analysis.reason(model.name)
                batch = pa.RecordBatch.from_pylist([row], schema)
                wide |= {
                    each.name: fitting(each.value.of(found), self._tracks.field(each.name).type)
                    for each in self._columns
                    if each.model is model
                }
            except (pa.ArrowException, AttributeError, TypeError) as error:
                row |= {"result": None, "error": f"The result is not what the model's schema says: {error}"}
                batch = pa.RecordBatch.from_pylist([row], schema)
            rows[_folder(model)].append(batch)
        merged = {folder: pa.concat_batches(batches) for folder, batches in rows.items()}
        return {**merged, TRACKS: pa.RecordBatch.from_pylist([wide], self._tracks)}


def _folder(model: RequestedModel) -> str:
    return f"{RESULTS}/model={model.card.name}/version={model.card.version}"


def _schema(model: RequestedModel) -> pa.Schema:
    head = [(name, pa.string()) for name in ("track", "source", "parameters", "error")]
    return pa.schema([*head, ("result", result_type(model.card.result_schema))])


def _columns(models: Sequence[RequestedModel]) -> list[_Column]:
    """A name of letters, digits and underscores for each: no query has to quote it."""
    columns: dict[str, _Column] = {}
    for model in models:
        for value in single_values(model.card):
            words = (model.card.name, str(model.card.version), written(model.task.parameters), *value.path)
            plain = "_".join(re.sub(r"\W+", "_", word.lower(), flags=re.ASCII).strip("_") for word in words if word)
            name, number = plain, 2
            while name in columns:
                name, number = f"{plain}_{number}", number + 1
            columns[name] = _Column(name, model, value)
    return list(columns.values())


def _errors(analysis: Analysis) -> str | None:
    return " ".join(each.words for each in analysis.errors) or None
