from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.accuracy.answer import Answer


@dataclass(frozen=True)
class System:
    name: str
    answer: Callable[[Path], Answer]
    """Never raises: a failure is an answer."""
    gives: frozenset[str]
    """Of key, tempo, beats, downbeats; and key certainty, tempo certainty, where it tells what to rely upon."""
    version: str | None = None
    """Of a peer; None for Tonearm's own models."""

    @property
    def ours(self) -> bool:
        return self.version is None
