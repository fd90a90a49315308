"""What partial results cost: CPU time of an analysis whose client takes each round, beside one without any.

`python -m bench.partials` measures this alone.
"""

from __future__ import annotations

import io
import statistics
from collections.abc import Callable
from time import process_time

from rich.console import Console

from bench.figure import Figure, table
from bench.server import MODELS
from bench.sound import song
from tonearm.pipeline.filter import analyze
from tonearm.pipeline.registry import catalog
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job
from tonearm.protocol.spec import parse

TELLING = "loudness_ebur128:2,waveform,key:2,beats,silence,chords:1,chords:2"
ROUNDS = 5


def partials(audio: bytes) -> list[Figure]:
    return [
        Figure(f"CPU with partial=1 ÷ without, {name}", ratio, 1.1, detail=detail)
        for name, models in (("key, tempo, loudness", MODELS), ("all that tell", TELLING))
        for ratio, detail in [_ratio(audio, models)]
    ]


def _ratio(audio: bytes, models: str) -> tuple[float, str]:
    ratios = []
    for _ in range(ROUNDS + 1):
        without, _ = _cost(audio, models, None)
        with_them, told = _cost(audio, models, 1.0)
        ratios.append(with_them / without)
    return statistics.median(ratios[1:]), f"{told} events, {with_them:.2f} and {without:.2f} s"


def _cost(audio: bytes, models: str, seconds: float | None) -> tuple[float, int]:
    """CPU seconds, and how many events were told before the end."""
    told = 0

    def tell(make: Callable[[], list[Event]]) -> bool:
        nonlocal told
        told += len(make())
        return True

    job = Job(tasks=catalog().resolve(parse(models)), partial_seconds=seconds)
    begun = process_time()
    list(analyze(io.BytesIO(audio).read, job, tell=tell))
    return process_time() - begun, told


if __name__ == "__main__":
    Console(width=150).print(table(partials(song())))
