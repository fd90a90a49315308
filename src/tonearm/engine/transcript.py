"""What a worker may say about a job. A worker that says anything else has been taken over, or is broken."""

from __future__ import annotations

from typing import Any, TypeAlias

from pydantic import TypeAdapter
from pydantic_core import from_json

from tonearm.protocol.events import Event
from tonearm.protocol.job import Job, Task
from tonearm.protocol.warnings import AudioWarning

_WARNINGS = TypeAdapter(tuple[AudioWarning, ...])
_IDENTITY = ("model_name", "model_version", "correlation_id")
Identity: TypeAlias = tuple[str, ...]
"""The name that was asked for, the version, and the correlation ID of a model."""


def identity(task: Task) -> Identity:
    return task.requested, str(task.version), task.correlation_id


class Transcript:
    """Checks the events of one job in their order."""

    def __init__(self, job: Job) -> None:
        self._total = len(job.tasks)
        self.pending = {identity(task) for task in job.tasks}
        """The models that have not answered yet."""
        self._partials = job.partial_seconds is not None
        self._begun = False
        self.ended = False
        """Whether `finished` has come."""

    def check(self, event: Event) -> None:
        """Raises ValueError for an event that cannot come here, or is none: it would not stay within its field."""
        if self.ended or "\n" in event.data or "\r" in event.data:
            raise ValueError("an event after the last one, or of several lines")
        fields = from_json(event.data, allow_inf_nan=False)
        if not isinstance(fields, dict) or fields.get("status") != event.status:
            raise ValueError("an event whose JSON is that of another")
        if (event.status == "started") is self._begun:
            raise ValueError("a stream that begins twice, or not at all")
        self._begun = True
        match event.status:
            case "started":
                self._check_total(fields)
            case "partial":
                self._check_keys(fields, {"status", "at", "result"})
                if not self._partials or not isinstance(fields["at"], float):
                    raise ValueError("a partial result that was not requested, or of no time")
                self._working(self._result(fields))
            case "completed":
                self._check_keys(fields, {"status", "result"})
                self._answered(self._result(fields))
            case "error":
                if "model_name" in fields:
                    self._check_keys(fields, {"status", "error", *_IDENTITY})
                    self._answered(fields)
                else:
                    self._check_keys(fields, {"status", "error"})
            case "finished":
                _WARNINGS.validate_python(fields.pop("warnings", ()))
                self._check_total(fields)
                self.ended = True

    def _check_total(self, fields: dict[str, Any]) -> None:
        self._check_keys(fields, {"status", "total_models"})
        if fields["total_models"] != self._total:
            raise ValueError("another number of models")

    def _check_keys(self, fields: dict[str, Any], expected: set[str]) -> None:
        if set(fields) != expected:
            raise ValueError("an event of another shape")

    def _result(self, fields: dict[str, Any]) -> dict[str, Any]:
        result = fields["result"]
        if not isinstance(result, dict) or not isinstance(result.get("results"), dict):
            raise ValueError("a result that is none")
        self._check_keys(result, {*_IDENTITY, "results"})
        return result

    def _answered(self, fields: dict[str, Any]) -> None:
        self.pending.discard(self._working(fields))

    def _working(self, fields: dict[str, Any]) -> Identity:
        """The model that this is of, which has not answered yet."""
        found = tuple(fields[name] for name in _IDENTITY)
        if found not in self.pending:
            raise ValueError("an answer that was not requested, or a second one")
        return found
