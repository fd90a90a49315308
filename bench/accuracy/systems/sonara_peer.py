"""sonara, as its documentation shows it."""

from __future__ import annotations

from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.accuracy.answer import Answer
from bench.accuracy.systems.decoded import decoded
from bench.accuracy.systems.system import System

_STEADY = 0.7
"""Its documentation on `bpm_confidence`: above this, steady."""


def systems() -> list[System]:
    """None where sonara is not installed."""
    if find_spec("sonara") is None:
        return []
    gives = frozenset({"key", "tempo", "tempo certainty", "beats", "downbeats"})
    return [System("sonara", _answer, gives, metadata.version("sonara"))]


def _answer(path: Path) -> Answer:
    """A file that it cannot read it gets as WAV."""
    result = _analyse(path)
    if result.failed:
        with decoded(path) as wav:
            result = _analyse(wav)
    if result.failed:
        return Answer(failure=str(result["error"]))
    provenance = result["provenance"]
    frame = provenance["hop_length"] / provenance["sample_rate"]
    return Answer(
        key=result["key"] or None,
        tempo=result["bpm"] or None,
        tempo_certain=result["bpm_confidence"] > _STEADY,
        beats=tuple(frame * float(beat) for beat in result["beats"]),
        downbeats=tuple(frame * float(beat) for beat in result["downbeats"]),
    )


def _analyse(path: Path) -> Any:
    import sonara

    (result,) = sonara.analyze_batch([str(path)], features=["bpm", "beats", "beatgrid", "key"])
    return result
