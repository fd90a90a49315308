"""Tonearm's models, in the calling process."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.accuracy.answer import Answer
from bench.accuracy.systems.system import System
from tonearm import analyze
from tonearm.errors import AudioError


def systems() -> list[System]:
    """Those that people are meant to use: version 1 of key and tempo answers as Essentia does."""
    return [
        System(f"`{model}`", partial(_answer, model, read), frozenset(gives))
        for model, (gives, read) in _MODELS.items()
    ]


def _answer(model: str, read: Callable[[dict[str, Any]], Answer], path: Path) -> Answer:
    try:
        analysis = analyze(path, model)
    except AudioError as error:
        return Answer(failure=str(error))
    if analysis.errors:
        return Answer(failure=analysis.errors[0].error)
    (result,) = analysis.results.values()
    return read(result)


def _beats(result: dict[str, Any]) -> Answer:
    return Answer(
        tempo=result["tempo"],
        tempo_probability=result["confidence"],
        tempo_certain=result["certainty"] == "certain",
        beats=result["beats"],
        downbeats=result["downbeats"],
        method=result["method"],
    )


def _key(result: dict[str, Any]) -> Answer:
    return Answer(
        key=None if result["key"] is None else f"{result['key']} {result['scale']}",
        key_probability=result["probability"],
        key_certain=result["certainty"] == "certain",
        method=result["method"],
    )


_MODELS: dict[str, tuple[tuple[str, ...], Callable[[dict[str, Any]], Answer]]] = {
    "beats:1": (("tempo", "beats", "tempo certainty", "downbeats", "tempo probability"), _beats),
    "key:2": (("key", "key certainty", "key probability"), _key),
}
