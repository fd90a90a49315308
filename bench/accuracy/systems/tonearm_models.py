"""Tonearm's models, in the calling process."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.accuracy.answer import Answer
from bench.accuracy.systems.system import System
from tonearm import analyze
from tonearm.errors import AudioError, UnknownModel
from tonearm.pipeline.registry import catalog
from tonearm.protocol.spec import parse
from tonearm.results import music
from tonearm.results.certainty import key_is_certain, tempo_is_certain


def systems() -> tuple[list[System], list[str]]:
    """Those that this version has, and the names of the others."""
    found, absent = [], []
    for model, (gives, read) in _MODELS.items():
        try:
            catalog().resolve(parse(model))
        except UnknownModel:
            absent.append(model)
        else:
            found.append(System(f"`{model}`", partial(_answer, model, read), frozenset(gives)))
    return found, absent


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


def _first_key(result: dict[str, Any]) -> Answer:
    key = music.key(result)
    return Answer(key=None if key is None else f"{key.tonic} {key.scale}", key_certain=key_is_certain(result))


def _first_tempo(result: dict[str, Any]) -> Answer:
    return Answer(tempo=music.tempo(result), tempo_certain=tempo_is_certain(result), beats=result["beat_positions"])


_TEMPO = ("tempo", "beats", "tempo certainty")
_MODELS: dict[str, tuple[tuple[str, ...], Callable[[dict[str, Any]], Answer]]] = {
    "beats:1": ((*_TEMPO, "downbeats", "tempo probability"), _beats),
    "bpm_degara:1": (_TEMPO, _first_tempo),
    "bpm_multifeature:1": (_TEMPO, _first_tempo),
    "key:2": (("key", "key certainty", "key probability"), _key),
    "key:1": (("key", "key certainty"), _first_key),
}
