"""What a feature costs: CPU of the whole call, decoding included, beside that of ffmpeg's decoding of the same file."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path
from time import process_time

from bench.ask_sonara import sonara
from bench.features.names import Feature
from bench.ffmpeg import ffmpeg
from bench.process import run
from tonearm import analyze

_ROUNDS = 3


def costs(feature: Feature, file: Path) -> tuple[float | None, float | None]:
    """sonara's and Tonearm's, the median of three runs that took turns. None where one has not got it."""
    asked: dict[str, Callable[[], object]] = {}
    if feature.sonara:
        asked["sonara"] = lambda: sonara(file, feature.sonara)
    if feature.models:
        asked["tonearm"] = lambda: analyze(file, feature.models)
    for ask in asked.values():
        ask()
    found: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(_ROUNDS):
        decoding = run([ffmpeg(), "-v", "error", "-i", str(file), "-f", "null", "-"]).cpu
        for name, ask in asked.items():
            begun = process_time()
            ask()
            found[name].append((process_time() - begun) / decoding)
    medians = {name: statistics.median(each) for name, each in found.items()}
    return medians.get("sonara"), medians.get("tonearm")
