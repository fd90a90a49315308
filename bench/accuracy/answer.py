"""What a system says of a file."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """None is what it does not tell. A tempo and a key of None from a system that tells them is that there is none."""

    model_config = ConfigDict(frozen=True)

    key: str | None = None
    """Such as "F# minor"."""
    key_probability: float | None = None
    key_certain: bool | None = None
    tempo: float | None = None
    tempo_probability: float | None = None
    tempo_certain: bool | None = None
    beats: tuple[float, ...] = ()
    """Seconds, as the downbeats."""
    downbeats: tuple[float, ...] = ()
    method: str | None = None
    failure: str | None = None
    """Why it answers nothing, which counts as wrong."""
