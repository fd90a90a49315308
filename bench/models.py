"""What each model costs by itself, and fourteen together, beside ffmpeg's decoding of the same track.

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

FOURTEEN = (
    f"{MODELS},bpm_percival,bpm_multifeature,pitch_melody,loudness_replaygain,chords,tuning_frequency,danceability_dfa,"
    "onset_rate,spectral_summary,dynamic_complexity,silence"
)
GOALS = {
    MODELS: 1.2,
    FOURTEEN: 12.0,
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
GROWTH_GOAL = 1.1
ROUNDS = 3


def models(file: Path, audio: bytes) -> list[Figure]:
    """The wall time of a request for each model and for fourteen; the CPU time per minute of an hour of audio."""
    decode = [ffmpeg(), "-v", "error", "-i", str(file), "-f", "null", "-"]
    walls: dict[str, list[float]] = {names: [] for names in GOALS}
    figures = []
    with Server.started(TONEARM_WORKERS="1", TONEARM_CPU_SECONDS="100000") as server:
        for names in GOALS:
            server.analyze(audio, names)
        for _ in range(ROUNDS):
            for names, each in walls.items():
                floor = run(decode).wall
                each.append(server.analyze(audio, names).finished / floor)
        for names, each in walls.items():
            what = f"{title(names)}: wall ÷ ffmpeg decoding"
            figures.append(Figure(what, statistics.median(each), GOALS[names]))
        sounds = {minutes: mp3(60 * minutes) for minutes in (1, 60)}
        for names in walls:
            what = f"{title(names)}: CPU per minute of audio, 60 minutes ÷ 1 minute"
            figures.append(Figure(what, _growth(server, sounds, names), GROWTH_GOAL))
    return figures


def title(names: str) -> str:
    return "fourteen together" if names == FOURTEEN else names.replace(",", ", ")


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
