"""sonara, as its documentation shows it."""

from __future__ import annotations

from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from bench.accuracy.answer import Answer
from bench.accuracy.systems.system import System
from bench.ask_sonara import seconds, sonara

_STEADY = 0.7
"""Its documentation on `bpm_confidence`: above this, steady."""


def systems() -> list[System]:
    """None where sonara is not installed."""
    if find_spec("sonara") is None:
        return []
    gives = frozenset({"key", "tempo", "tempo certainty", "beats", "downbeats"})
    return [System("sonara", _answer, gives, metadata.version("sonara"))]


def _answer(path: Path) -> Answer:
    try:
        result = sonara(path, ["bpm", "beats", "beatgrid", "key"])
    except ValueError as error:
        return Answer(failure=str(error))
    return Answer(
        key=result["key"] or None,
        tempo=result["bpm"] or None,
        tempo_certain=result["bpm_confidence"] > _STEADY,
        beats=tuple(seconds(result, "beats")),
        downbeats=tuple(seconds(result, "downbeats")),
    )
