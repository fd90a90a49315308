"""What the models that are compared cost: CPU of a worker beside that of ffmpeg's decoding of the same file."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from bench.accuracy.report import Cost
from bench.ffmpeg import ffmpeg
from bench.process import cpu_seconds, run
from bench.server import Server
from bench.sound import SONG_IN_WORDS, song

ROUNDS = 5


def cost(models: str) -> Cost:
    audio = song()
    ours, decoding = [], []
    with tempfile.TemporaryDirectory() as folder, Server.started(TONEARM_WORKERS="1") as server:
        file = Path(folder) / "song.mp3"
        file.write_bytes(audio)
        (worker,) = server.workers
        server.analyze(audio, models)
        for _ in range(ROUNDS):
            before = cpu_seconds(worker)
            server.analyze(audio, models)
            ours.append(cpu_seconds(worker) - before)
            decoding.append(run([ffmpeg(), "-v", "error", "-i", str(file), "-f", "null", "-"]).cpu)
    return Cost(
        models=models,
        file=SONG_IN_WORDS,
        ratio=statistics.median(one / other for one, other in zip(ours, decoding, strict=True)),
        cpu=statistics.median(ours),
        decoding=statistics.median(decoding),
    )
