"""What a cluster costs beside processes of one machine: CPU seconds and latency of a track, on this machine.

`python -m bench.ray` starts a cluster of one node here, sends the same track through both engines in turns, whole and
one at a time, and writes bench/results/ray.json. It needs the extra ray.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table
from tests.support.cluster import CREDENTIALS, RayCluster
from tests.support.documents.world import mp3

from bench.process import children, cpu_seconds
from tonearm.config import Range
from tonearm.engine import Engine
from tonearm.engine.local import LocalEngine
from tonearm.protocol.job import Job
from tonearm.protocol.spec import parse
from tonearm.sample import sample_track

RESULTS = Path(__file__).parent / "results" / "ray.json"
SETS = {
    "audio alone": "audio",
    "key, beats, loudness": "key:2,beats,loudness_ebur128:2",
}
MINUTES = 4.0
_TRACKS, _ROUNDS = 3, 4
_PIECE = 64 << 10
"""As an upload comes from the network."""
_IDLE_SECONDS = 10.0


@dataclass(frozen=True)
class Cost:
    """Of one track: CPU seconds of this process, and of all that have to do with it, and seconds until the end."""

    server: float
    cpu: float
    wall: float


async def pieces(audio: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(audio), _PIECE):
        yield audio[start : start + _PIECE]


async def tracks(engine: Engine, audio: bytes, models: str, roots: list[int]) -> Cost:
    """The costs of a few, one after the other. `roots` are the processes of which all others come."""
    job = Job(tasks=engine.catalog.resolve(parse(models)))
    before, own, begun = _families(roots), time.process_time(), time.monotonic()
    for _ in range(_TRACKS):
        events = [event async for event in engine.analyze(pieces(audio), job)]
        assert [event.status for event in events[1:-1]] == ["completed"] * len(job.tasks), events
    wall = time.monotonic() - begun
    server = time.process_time() - own
    others = _families(roots) - before
    return Cost(server / _TRACKS, (server + others) / _TRACKS, wall / _TRACKS)


def _families(roots: list[int]) -> float:
    """CPU seconds of these processes and of all that come of them."""
    return sum(cpu_seconds(root) + _families(children(root)) for root in roots)


async def measure(cluster: RayCluster, audio: bytes) -> dict[str, object]:
    # Deferred: it is an extra.
    from tonearm.engine.cluster.engine import Group, RayEngine

    local = LocalEngine(1, 1, 600, "error", buffer_bytes=1 << 28)
    ray = RayEngine(cluster.address, Group(Range(1, 1)), None, 1, 600, "error", {}, buffer_bytes=1 << 28)
    await local.start()
    workers = [pid for pid in children(os.getpid()) if pid != cluster.pid]
    await ray.start()
    found: dict[str, list[tuple[Cost, Cost]]] = {}
    try:
        for name, models in SETS.items():
            for _ in range(_ROUNDS):
                here = await tracks(local, audio, models, workers)
                there = await tracks(ray, audio, models, [cluster.pid])
                found.setdefault(name, []).append((here, there))
        before = _families([cluster.pid])
        await asyncio.sleep(_IDLE_SECONDS)
        idle = (_families([cluster.pid]) - before) / _IDLE_SECONDS
    finally:
        await ray.stop()
        await local.stop()
    # Whatever else runs on the machine only adds to the time.
    costs = {
        name: {
            "local": asdict(min((here for here, _ in rounds), key=lambda cost: cost.cpu)),
            "ray": asdict(min((there for _, there in rounds), key=lambda cost: cost.cpu)),
            "wall_ratio": median(there.wall / here.wall for here, there in rounds),
        }
        for name, rounds in found.items()
    }
    return {"minutes": MINUTES, "track_bytes": len(audio), "idle_cores": idle, "costs": costs}


def main() -> None:
    os.environ |= CREDENTIALS
    audio = mp3(sample_track(60 * MINUTES))
    with RayCluster.started(1) as cluster:
        found = asyncio.run(measure(cluster, audio))
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    table = Table("models", "engine", "CPU s", "of the server", "wall s")
    costs = found["costs"]
    assert isinstance(costs, dict)
    for name, each in costs.items():
        for engine in ("local", "ray"):
            cost = each[engine]
            table.add_row(name, engine, f"{cost['cpu']:.3f}", f"{cost['server']:.3f}", f"{cost['wall']:.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()
