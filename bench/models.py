"""What each model costs by itself, and all of them together, beside ffmpeg's decoding of the same track.

`python -m bench.models` measures this alone.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from rich.console import Console

from bench.ffmpeg import ffmpeg
from bench.figure import Figure, table
from bench.process import cpu_seconds, run
from bench.server import MODELS, Server
from bench.sound import mp3, song

GOALS = {
    MODELS: 1.2,
    "bpm_percival": 1.8,
    "bpm_multifeature": 3.0,
    "pitch_melody": 8.0,
    "loudness_replaygain": 1.4,
    "chords": 1.4,
    "tuning_frequency": 1.4,
    "danceability_dfa": 1.4,
    "onset_rate": 1.4,
    "spectral_summary": 1.4,
    "embedding": 1.5,
    "dynamic_complexity": 1.4,
    "silence": 1.4,
    "clipping": 1.4,
    "waveform": 1.4,
    "audio": 1.4,
    "energy": 1.8,
    "sections": 6.0,
}
EVERY = ",".join(GOALS)
EVERY_GOAL = 12.0
GROWTH_GOAL = 1.1
ROUNDS = 3


def models(file: Path, audio: bytes) -> list[Figure]:
    """The wall time of a request for each model and for all of them; the CPU time per minute of an hour of audio."""
    decode = [ffmpeg(), "-v", "error", "-i", str(file), "-f", "null", "-"]
    walls: dict[str, list[float]] = {names: [] for names in (*GOALS, EVERY)}
    figures = []
    with Server.started(TONEARM_WORKERS="1", TONEARM_CPU_SECONDS="100000") as server:
        server.analyze(audio, EVERY)
        for _ in range(ROUNDS):
            for names, each in walls.items():
                floor = run(decode).wall
                each.append(server.analyze(audio, names).finished / floor)
        for names, each in walls.items():
            goal = EVERY_GOAL if names == EVERY else GOALS[names]
            figures.append(Figure(f"{title(names)}: wall ÷ ffmpeg decoding", statistics.median(each), goal))
        sounds = {minutes: mp3(60 * minutes) for minutes in (1, 60)}
        for names in walls:
            what = f"{title(names)}: CPU per minute of audio, 60 minutes ÷ 1 minute"
            figures.append(Figure(what, _growth(server, sounds, names), GROWTH_GOAL))
    return figures


def title(names: str) -> str:
    return "all together" if names == EVERY else names.replace(",", ", ")


def _growth(server: Server, sounds: dict[int, bytes], names: str) -> float:
    (worker,) = server.workers
    per_minute = {}
    for minutes, times in ((1, 10), (60, 1)):
        before = cpu_seconds(worker)
        for _ in range(times):
            server.analyze(sounds[minutes], names)
        per_minute[minutes] = (cpu_seconds(worker) - before) / times / minutes
    return per_minute[60] / per_minute[1]


if __name__ == "__main__":
    with tempfile.NamedTemporaryFile(suffix=".mp3") as file:
        file.write(song())
        file.flush()
        Console(width=150).print(table(models(Path(file.name), song())))
