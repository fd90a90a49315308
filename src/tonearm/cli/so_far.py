"""What is known so far of a source under way, in a few words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tonearm.protocol.messages import Partial

Told = Callable[[Partial], None]
"""Told each partial result of a source."""


class SoFar:
    """The latest of each model that has something for one line: key, tempo and loudness."""

    def __init__(self) -> None:
        self._at = 0.0
        self._words: dict[tuple[str, str], str] = {}

    def take(self, partial: Partial) -> None:
        self._at = partial.at
        result = partial.result
        if words := _words(result.results):
            self._words[result.model_name, result.model_version] = words

    def __str__(self) -> str:
        return " · ".join([str(timedelta(seconds=int(self._at))), *dict.fromkeys(self._words.values())])


def _words(results: dict[str, Any]) -> str:
    match results:
        case {"key": [str(key)], "scale": [str(scale)]} | {"key": str(key), "scale": str(scale)}:
            return f"{key} {scale}"
        case {"tempo": float(bpm)} | {"bpm": float(bpm)}:
            return f"{bpm:.1f} bpm"
        case {"integrated_lufs": float(lufs)} | {"integratedLoudness": [float(lufs)]}:
            return f"{lufs:.1f} LUFS"
    return ""
