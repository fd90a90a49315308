"""The events of a stream, in the wire format of the Essentia API.

An event carries its JSON as text. It is serialised once, next to the model, and forwarded to the client unparsed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from tonearm.protocol.job import Task
from tonearm.protocol.warnings import AudioWarning

Status = Literal["started", "partial", "completed", "error", "finished"]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the stream; `data` is its JSON on a single line."""

    status: Status
    data: str


def started(total_models: int) -> Event:
    return Event("started", _json({"status": "started", "total_models": total_models}))


def finished(total_models: int, warnings: Sequence[AudioWarning] = ()) -> Event:
    """Without warnings it is as the Essentia API has it."""
    head = _json({"status": "finished", "total_models": total_models})
    told = ",".join(warning.model_dump_json(exclude_none=True) for warning in warnings)
    return Event("finished", f'{head[:-1]},"warnings":[{told}]}}' if warnings else head)


def partial(task: Task, at: float, results: BaseModel) -> Event:
    """What one model knows after `at` seconds of audio."""
    return Event("partial", f'{{"status":"partial","at":{at},"result":{_result(task, results)}}}')


def completed(task: Task, results: BaseModel) -> Event:
    return Event("completed", f'{{"status":"completed","result":{_result(task, results)}}}')


def failed(message: str, task: Task | None = None) -> Event:
    """An `error` event. With a task, only that model failed, and the others continue."""
    fields = {"status": "error", "error": message}
    if task is not None:
        fields |= _identity(task)
    return Event("error", _json(fields))


def _result(task: Task, results: BaseModel) -> str:
    return f'{_json(_identity(task))[:-1]},"results":{results.model_dump_json()}}}'


def _identity(task: Task) -> dict[str, str]:
    return {
        "model_name": task.requested,
        "model_version": str(task.version),
        "correlation_id": task.correlation_id,
    }


def _json(fields: Mapping[str, str | int]) -> str:
    return json.dumps(fields, separators=(",", ":"))
