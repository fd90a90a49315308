"""What one request asks of a worker, as plain data that crosses a process boundary."""

from __future__ import annotations

from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from tonearm.protocol.caps import Caps

Value = bool | int | float | str
"""What a parameter can be."""


class Task(BaseModel):
    """One model to run: the name as the client wrote it, and what that name resolved to."""

    model_config = ConfigDict(frozen=True)

    requested: str
    name: str
    version: int
    parameters: dict[str, Value] = {}
    correlation_id: str = Field(default_factory=lambda: str(uuid4()))


class Job(BaseModel):
    """The models that one audio stream is analysed with, and the bounds of that analysis."""

    model_config = ConfigDict(frozen=True)

    tasks: tuple[Task, ...]
    caps: Caps = Caps()
    correlation_id: str = "-"
    """Of the request, for the lines that are logged of it."""
