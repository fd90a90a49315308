"""What `/healthz` costs while one shape of attack goes on: a table of its latency for each shape.

`python -m bench.siege --seconds 5 [shape …]`; the exit status is 1 if a 99th percentile is over 100 ms. Everything
stays on the loopback. A shape is a file in `bench/shapes`.
"""

from __future__ import annotations

import argparse
import http.client
import importlib
import multiprocessing
import pkgutil
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from resource import RLIMIT_NOFILE, getrlimit, setrlimit
from typing import Protocol

from bench import shapes
from bench.process import cpu_seconds
from bench.server import Server

GOAL_SECONDS = 0.1
_PAUSE_SECONDS = 0.02
_HEAD_START_SECONDS = 1.0
_PATIENCE_SECONDS = 20.0


class Over(Protocol):
    """Set when the attack is to end."""

    def is_set(self) -> bool: ...
    def wait(self, timeout: float | None = None) -> bool: ...


@dataclass(frozen=True)
class Shape:
    """One shape of attack."""

    attack: Callable[[int, Over], None]
    """Attacks the server on this port until the event is set, in as many threads at once as `clients` says."""
    clients: int = 1
    settings: dict[str, str] = field(default_factory=dict)
    """Of the server."""
    files: int | None = None
    """Limit of the server's file descriptors."""


@dataclass(frozen=True)
class Latency:
    """Of one probe after another, in seconds."""

    seconds: list[float]
    failed: int
    server_cpu: float
    """CPU seconds of the server per second."""

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[98]


def main() -> None:
    known = {found.name: found.name for found in pkgutil.iter_modules(shapes.__path__)}
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=5.0)
    arguments.add_argument("shapes", nargs="*", choices=[*known, []], metavar="shape", help=", ".join(known))
    given = arguments.parse_args()
    worst = 0.0
    print(f"{'shape':28} {'probes':>6} {'failed':>6} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8} {'CPU':>5}")
    for name in given.shapes or known:
        found = measured(name, given.seconds)
        p50, p99, most = (1000 * each for each in (statistics.median(found.seconds), found.p99, max(found.seconds)))
        figures = f"{len(found.seconds):6} {found.failed:6} {p50:8.1f} {p99:8.1f} {most:8.1f} {found.server_cpu:5.2f}"
        print(f"{name:28} {figures}", flush=True)
        worst = max(worst, found.p99)
    sys.exit(worst > GOAL_SECONDS)


def measured(name: str, seconds: float) -> Latency:
    shape = _shape(name)
    spawn = multiprocessing.get_context("spawn")
    over = spawn.Event()
    with _files(shape.files), Server.started(TONEARM_WORKERS="1", **shape.settings) as server:
        _wait_until_ready(server.port)
        # In a process of its own: threads beside the probe would hold its GIL.
        attacker = spawn.Process(target=_attack, args=(name, server.port, over), daemon=True)
        attacker.start()
        time.sleep(_HEAD_START_SECONDS)
        begun, cpu = time.monotonic(), cpu_seconds(server.pid)
        latencies: list[float] = []
        failed = 0
        while len(latencies) < 2 or time.monotonic() < begun + seconds:
            latency = _probe(server.port)
            failed += latency is None
            latencies.append(_PATIENCE_SECONDS if latency is None else latency)
            time.sleep(_PAUSE_SECONDS)
        spent = (cpu_seconds(server.pid) - cpu) / (time.monotonic() - begun)
        over.set()
        attacker.join(_PATIENCE_SECONDS)
        attacker.kill()
    return Latency(latencies, failed, spent)


def _shape(name: str) -> Shape:
    found: Shape = importlib.import_module(f"bench.shapes.{name}").SHAPE
    return found


def _attack(name: str, port: int, over: Over) -> None:
    shape = _shape(name)
    attackers = [threading.Thread(target=shape.attack, args=(port, over), daemon=True) for _ in range(shape.clients)]
    for attacker in attackers:
        attacker.start()
    over.wait()


def _probe(port: int) -> float | None:
    """Seconds until the answer, from before the connection; None if there is none."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return time.monotonic() - begun if connection.getresponse().status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _wait_until_ready(port: int) -> None:
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        finally:
            connection.close()
        time.sleep(0.1)


@contextmanager
def _files(soft: int | None) -> Iterator[None]:
    """For the processes started in it."""
    before = getrlimit(RLIMIT_NOFILE)
    if soft is not None:
        setrlimit(RLIMIT_NOFILE, (soft, before[1]))
    try:
        yield
    finally:
        setrlimit(RLIMIT_NOFILE, before)


if __name__ == "__main__":
    main()
