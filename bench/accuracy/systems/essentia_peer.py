"""Essentia, as its documentation shows it."""

from __future__ import annotations

from functools import partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.accuracy.answer import Answer
from bench.accuracy.systems.decoded import decoded
from bench.accuracy.systems.system import System

RATE = 44_100
_CRASHES = {".opus"}
"""Files on which its loader brings the process down."""
_RELIABLE = 1.5
"""Confidence of the multifeature method above which its documentation calls beats reliable."""


def systems() -> list[System]:
    """None where Essentia is not installed."""
    if find_spec("essentia") is None:
        return []
    version = metadata.version("essentia")
    tempo = frozenset({"tempo", "beats"})
    return [
        System("Essentia degara", partial(_tempo, "degara"), tempo, version),
        System("Essentia multifeature", partial(_tempo, "multifeature"), tempo | {"tempo certainty"}, version),
        System("Essentia bgate", partial(_key, "bgate"), frozenset({"key"}), version),
        System("Essentia edma", partial(_key, "edma"), frozenset({"key"}), version),
    ]


def _tempo(method: str, path: Path) -> Answer:
    standard = _standard()
    try:
        samples = _samples(path)
        bpm, beats, confidence, *_ = standard.RhythmExtractor2013(method=method)(samples)
    except RuntimeError as error:
        return Answer(failure=str(error))
    certain = confidence > _RELIABLE if method == "multifeature" else None
    return Answer(tempo=bpm or None, tempo_certain=certain, beats=tuple(map(float, beats)))


def _key(profile: str, path: Path) -> Answer:
    standard = _standard()
    try:
        samples = _samples(path)
        key, scale, strength = standard.KeyExtractor(profileType=profile)(samples)
    except RuntimeError as error:
        return Answer(failure=str(error))
    return Answer(key=f"{key} {scale}" if strength > 0 else None)


def _samples(path: Path) -> Any:
    if path.suffix in _CRASHES:
        with decoded(path) as wav:
            return _samples(wav)
    return _standard().MonoLoader(filename=str(path), sampleRate=RATE)()


def _standard() -> Any:
    import essentia

    essentia.log.infoActive = False
    essentia.log.warningActive = False
    import essentia.standard

    return essentia.standard
