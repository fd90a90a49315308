"""The job that a request gives to a worker, as plain data that crosses a process boundary."""

from __future__ import annotations

from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from tonearm.protocol.caps import Caps

Value = bool | int | float | str
"""The value of a parameter."""


class Task(BaseModel):
    """One model to run: the name as the client wrote it, and the model it resolved to."""

    model_config = ConfigDict(frozen=True)

    requested: str
    name: str
    version: int
    parameters: dict[str, Value] = {}
    correlation_id: str = Field(default_factory=lambda: str(uuid4()))


class Job(BaseModel):
    """The models for one audio stream, and the limits of the analysis."""

    model_config = ConfigDict(frozen=True)

    tasks: tuple[Task, ...]
    caps: Caps = Caps()
    partial_seconds: float | None = None
    """Seconds of audio between two rounds of partial results; None for none."""
    told_seconds: float = 0.0
    """Seconds of audio that an earlier run of this job has given partial results of: they are not given again."""
    correlation_id: str = "-"
    """The correlation ID of the request, for the log."""
