"""Measure Tonearm beside its peers in one run, print one table, write bench/results/ as JSON and a plot.

Absolute seconds differ from machine to machine and from minute to minute: what counts are the ratios, each the median
of runs that took turns.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path
from time import monotonic, sleep

from rich.console import Console
from rich.table import Table

from bench.ffmpeg import ffmpeg
from bench.figure import Figure, table
from bench.library import library
from bench.models import models
from bench.networks import networks
from bench.partials import partials
from bench.plot import plot
from bench.process import Cost, commit, cpu_seconds, memory_mib, run
from bench.server import MODELS, Server
from bench.sound import mp3, song

ROUNDS = 5
HERE = Path(__file__).parent
RESULTS = HERE / "results"
CORES = len(os.sched_getaffinity(0))
console = Console(width=150)


def main() -> None:
    audio = song()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "song.mp3"
        file.write_bytes(audio)
        costs = compare(file, audio)
        others = [*models(file, audio), *library(), *networks(file)]
    console.print(peers_table(costs))
    figures = [
        *ratios(costs),
        *streaming(audio),
        *memory(),
        *load(audio),
        *versions(audio),
        *start(audio),
        *length(),
        *partials(audio),
        *others,
    ]
    console.print(table(figures))
    write(costs, figures)


def compare(file: Path, audio: bytes) -> dict[str, list[Cost]]:
    """Every peer and Tonearm in turn, so that all see the machine in the same moods."""
    peers = HERE / "peers"
    commands = {
        "ffmpeg, decode only": [ffmpeg(), "-v", "error", "-i", str(file), "-f", "null", "-"],
        "plain Essentia": [sys.executable, str(peers / "essentia_plain.py"), str(file)],
        "librosa": [sys.executable, str(peers / "librosa_usual.py"), str(file)],
        "tonearm analyze": [sys.executable, "-m", "tonearm", "analyze", str(file), "--models", MODELS],
    }
    costs: dict[str, list[Cost]] = {name: [] for name in [*commands, "tonearm over HTTP"]}
    with Server.started() as server:
        for _ in range(3):
            server.analyze(audio)
        for number in range(ROUNDS + 1):
            for name, command in commands.items():
                if name == "librosa" and number > 2:
                    continue
                console.print(f"[dim]round {number} of {ROUNDS}: {name}[/]")
                costs[name].append(run(command))
            before, begun = server.cpu(), monotonic()
            server.analyze(audio)
            wall = monotonic() - begun
            peak = max(memory_mib(pid, "VmHWM") for pid in server.workers)
            costs["tonearm over HTTP"].append(Cost(wall, server.cpu() - before, peak))
    return {name: each[1:] for name, each in costs.items()}


def median(costs: list[Cost], part: str) -> float:
    return float(statistics.median(getattr(cost, part) for cost in costs))


def paired(costs: dict[str, list[Cost]], one: str, other: str, part: str) -> float:
    pairs = zip(costs[one], costs[other], strict=True)
    return float(statistics.median(getattr(a, part) / getattr(b, part) for a, b in pairs))


def ratios(costs: dict[str, list[Cost]]) -> list[Figure]:
    wall = paired(costs, "tonearm over HTTP", "ffmpeg, decode only", "wall")
    cpu = paired(costs, "tonearm over HTTP", "plain Essentia", "cpu")
    return [
        Figure("wall of a request ÷ ffmpeg decoding", wall, 1.5, detail="aim 1.2"),
        Figure("CPU of the server ÷ plain Essentia", cpu, 0.25, detail="aim 0.18"),
    ]


def streaming(audio: bytes) -> list[Figure]:
    tails, shares, walls = [], [], []
    with Server.started() as server:
        for _ in range(3):
            server.analyze(audio)
        for _ in range(ROUNDS):
            walls.append(server.analyze(audio).finished)
            paced = server.analyze(audio, bits_per_second=40e6)
            tails.append(paced.finished - paced.last_byte)
            shares.append(paced.started_after_bytes / len(audio))
    tail, wall = statistics.median(tails), statistics.median(walls)
    detail = f"{1000 * tail:.0f} ms of {1000 * wall:.0f} ms"
    return [
        Figure("upload at 40 Mbit/s: tail after the last byte ÷ full analysis", tail / wall, 0.10, detail=detail),
        Figure("share of the body sent when `started` arrives", statistics.median(shares), 0.05),
    ]


def memory() -> list[Figure]:
    peaks = []
    for seconds in (300, 7200):
        with Server.started(TONEARM_WORKERS="1") as server:
            server.analyze(mp3(seconds))
            peaks.append(memory_mib(server.workers[0], "VmHWM"))
    detail = f"{peaks[1]:.0f} ÷ {peaks[0]:.0f} MiB"
    return [Figure("peak memory of a worker: 2 hours ÷ 5 minutes", peaks[1] / peaks[0], 1.15, detail=detail)]


def load(audio: bytes) -> list[Figure]:
    clients, each = 8, 3
    with Server.started(TONEARM_QUEUE=str(clients)) as server:
        for _ in range(3):
            server.analyze(audio)
        before, begun = server.cpu(), monotonic()
        threads = [
            threading.Thread(target=lambda: [server.analyze(audio) for _ in range(each)]) for _ in range(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wall, cpu = monotonic() - begun, server.cpu() - before
    tracks = clients * each
    efficiency = (tracks / wall) / (CORES / (cpu / tracks))
    detail = f"{tracks / wall:.2f} tracks/s, {cpu / tracks:.2f} CPU s each, {CORES} cores"
    return [Figure("8 clients: tracks/s ÷ (cores ÷ CPU s per track)", efficiency, 0.85, most=False, detail=detail)]


def versions(audio: bytes) -> list[Figure]:
    found = []
    with Server.started(TONEARM_WORKERS="1") as server:
        for _ in range(ROUNDS + 1):
            cost = []
            for models in ("loudness_ebur128:2", "loudness_ebur128:1"):
                before = server.cpu()
                server.analyze(audio, models)
                cost.append(server.cpu() - before)
            found.append(cost[0] / cost[1])
    return [Figure("CPU of loudness_ebur128:2 (true peak) ÷ :1", statistics.median(found[1:]), 1.3)]


def start(audio: bytes) -> list[Figure]:
    firsts, ready, idle = [], [], []
    for _ in range(3):
        with Server.started() as server:
            ready.append(server.ready)
            sleep(0.5)
            idle.append(max(memory_mib(pid, "Pss") for pid in server.workers))
            walls = [server.analyze(audio).finished for _ in range(10)]
            firsts.append(walls[0] / walls[9])
    return [
        Figure("first request after start ÷ the tenth", statistics.median(firsts), 1.3),
        Figure("seconds until ready, caches warm", statistics.median(ready), 4.0),
        Figure("idle memory of a worker, MiB", statistics.median(idle), 180.0),
    ]


def length() -> list[Figure]:
    per_minute: dict[int, list[float]] = {1: [], 60: []}
    with Server.started(TONEARM_WORKERS="1") as server:
        sounds = {minutes: mp3(60 * minutes) for minutes in per_minute}
        server.analyze(sounds[1])
        for _ in range(3):
            for minutes, sound in sounds.items():
                times = 20 // minutes or 1
                before = cpu_seconds(server.workers[0])
                for _ in range(times):
                    server.analyze(sound)
                per_minute[minutes].append((cpu_seconds(server.workers[0]) - before) / times / minutes)
    ratio = statistics.median(long / short for short, long in zip(per_minute[1], per_minute[60], strict=True))
    return [Figure("CPU per minute of audio: 60 minutes ÷ 1 minute", ratio, 1.1)]


def peers_table(costs: dict[str, list[Cost]]) -> Table:
    table = Table(title="the same five minutes of music, medians", title_justify="left")
    for heading in ("", "wall s", "CPU s", "peak MiB", "wall ÷ ffmpeg", "CPU ÷ Essentia"):
        table.add_column(heading, justify="right" if heading else "left")
    floor, plain = costs["ffmpeg, decode only"], costs["plain Essentia"]
    for name, each in costs.items():
        numbers = [median(each, part) for part in ("wall", "cpu", "peak_mib")]
        against = (numbers[0] / median(floor, "wall"), numbers[1] / median(plain, "cpu"))
        table.add_row(
            name, f"{numbers[0]:.2f}", f"{numbers[1]:.2f}", f"{numbers[2]:.0f}", *(f"{r:.2f}" for r in against)
        )
    return table


def write(costs: dict[str, list[Cost]], figures: list[Figure]) -> None:
    RESULTS.mkdir(exist_ok=True)
    record = {
        "commit": commit(),
        "machine": f"{platform.machine()}, {CORES} cores, Python {platform.python_version()}",
        "costs": {name: [asdict(cost) for cost in each] for name, each in costs.items()},
        "figures": [{**asdict(figure), "met": figure.met} for figure in figures],
    }
    (RESULTS / "latest.json").write_text(json.dumps(record, indent=1) + "\n")
    plot(costs, RESULTS / "latest.png")
    console.print(f"written: {RESULTS / 'latest.json'}, {RESULTS / 'latest.png'}")


if __name__ == "__main__":
    main()
