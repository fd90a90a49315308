"""What a library knows of a track."""

from __future__ import annotations

from dataclasses import dataclass

from tonearm.results.music import Key


@dataclass(frozen=True)
class Track:
    id: str
    """32 hexadecimal digits, as `tonearm batch` names it."""
    source: str
    """Where it was found."""
    seconds: float | None = None
    key: Key | None = None
    """None where it has none that is certain."""
    tempo: float | None = None
    """In bpm; None where it has none that is certain."""
    codec: str | None = None
    sample_rate: int | None = None
    channels: int | None = None
