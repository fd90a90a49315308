"""Bad luck, much of it: workers killed at random under load, and clients that vanish at random.

`python -m bench.chaos --kills 200 --clients 1000`; the exit status is 1 where something was not as it must be.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from socket import SO_LINGER, SOL_SOCKET
from statistics import median
from struct import pack

from tests.support.http import Server

from bench.process import memory_mib
from tonearm.sample import sample_track

MODELS = "key,bpm_degara,loudness_ebur128:2"
_PATIENCE_SECONDS = 240


@dataclass
class Damage:
    """What became of the requests, and of the server."""

    outcomes: Counter[str]
    descriptors: int
    """Open ones more than before."""
    memory: float
    """Resident memory of the HTTP process after all ÷ after the first third of the kills, or before all clients."""
    recoveries: list[float]
    """Seconds from a kill until every worker is there again, where no other kill came between."""

    def __str__(self) -> str:
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
        text = f"{outcomes}; {self.descriptors:+d} descriptors; memory of the server by a factor of {self.memory:.3f}"
        if not self.recoveries:
            return text
        return f"{text}; whole again after {median(self.recoveries):.2f} s, at most {max(self.recoveries):.2f} s"


def kill_workers(server: Server, kills: int, clients: int = 4) -> Damage:
    """Kill so many random workers while the clients go on asking; the pool is whole again when this returns."""
    track = sample_track(20)
    whole = server.analyze(track, MODELS).results
    size = len(server.workers())
    before = descriptors(server)
    outcomes: Counter[str] = Counter()
    recoveries: list[float] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            answer = server.analyze(track, MODELS)
            if answer.status != 200:
                outcomes[str(answer.status)] += 1
            elif answer.results == whole and "error" not in answer.statuses:
                outcomes["completed"] += 1
            elif answer.statuses[-2:] == ["error", "finished"]:
                outcomes["error"] += 1
            else:
                outcomes[f"broken: {answer.statuses}"] += 1

    first = 0.0
    with ThreadPoolExecutor(clients) as pool:
        asking = [pool.submit(ask) for _ in range(clients)]
        try:
            for number in range(kills):
                until(lambda: gauge(server, "tonearm_workers_alive") > 0, "no worker came back")
                gone = _kill_one(server)
                # Half of the kills hit a pool that is whole, half one that is not.
                if random.random() < 0.5:
                    recoveries.append(until(partial(_whole_without, server, size, gone), "a worker is missing"))
                else:
                    time.sleep(random.uniform(0, 0.8))
                if number == kills // 3:
                    first = memory_mib(server.process.pid, "VmRSS")
        finally:
            over.set()
        for each in asking:
            each.result()
    return _after(server, size, whole, outcomes, before, first, recoveries)


def leave(server: Server, clients: int, at_once: int = 20) -> Damage:
    """So many clients go away somewhere in the middle; nothing of them is left when this returns."""
    track = sample_track(20)
    whole = server.analyze(track, MODELS).results
    size = len(server.workers())
    before = descriptors(server)
    outcomes: Counter[str] = Counter()

    def come_and_go(_: int) -> None:
        with suppress(BrokenPipeError, ConnectionResetError), server.open() as exchange:
            exchange.connection.settimeout(_PATIENCE_SECONDS)
            if random.random() < 0.5:
                exchange.connection.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
            exchange.post(MODELS, length=len(track))
            # All of the body sometimes, so that some leave while the end is being analysed.
            exchange.send(track[: random.randrange(1, 2 * len(track))])
            time.sleep(random.uniform(0, 0.1))
        outcomes["left"] += 1

    first = memory_mib(server.process.pid, "VmRSS")
    with ThreadPoolExecutor(at_once) as pool:
        for _ in pool.map(come_and_go, range(clients)):
            pass
    return _after(server, size, whole, outcomes, before, first, [])


def _after(
    server: Server,
    size: int,
    whole: dict[str, object],
    outcomes: Counter[str],
    before: int,
    first: float,
    recoveries: list[float],
) -> Damage:
    """Wait until the pool is as it was, and see that it answers as it did."""
    until(
        lambda: len(server.workers()) == size and gauge(server, "tonearm_workers_alive") == size, "a worker is missing"
    )
    until(lambda: gauge(server, "tonearm_workers_busy") == 0, "a worker is still busy")
    until(lambda: gauge(server, "tonearm_queue_length") == 0, "a request still waits")
    assert server.analyze(sample_track(20), MODELS).results == whole
    with suppress(AssertionError):
        until(lambda: descriptors(server) <= before, "")
    memory = memory_mib(server.process.pid, "VmRSS") / first
    return Damage(outcomes, descriptors(server) - before, memory, recoveries)


def _kill_one(server: Server) -> set[int]:
    """The process ids of what was killed, if there was anything."""
    for worker in random.sample(alive := server.workers(), min(1, len(alive))):
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
            return {worker}
    return set()


def _whole_without(server: Server, size: int, gone: set[int]) -> bool:
    return gone.isdisjoint(server.workers()) and gauge(server, "tonearm_workers_alive") == size


def descriptors(server: Server) -> int:
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def gauge(server: Server, name: str) -> float:
    with server.open() as exchange:
        exchange.request("GET", "/metrics")
        lines = exchange.answer().body().decode().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{name} ")))


def until(condition: Callable[[], bool], otherwise: str) -> float:
    """Seconds until it is so."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() < begun + _PATIENCE_SECONDS, otherwise
        time.sleep(0.05)
    return time.monotonic() - begun


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--clients", type=int, default=1000)
    given = arguments.parse_args()
    with Server.started(TONEARM_WORKERS="2") as server:
        killed = kill_workers(server, given.kills)
        print(f"{given.kills} kills: {killed}")
        left = leave(server, given.clients)
        print(f"{given.clients} clients that left: {left}")
    lost = killed.outcomes["error"] + killed.outcomes["500"]
    known = {"completed", "error", "500", "429"}
    fine = (
        lost <= given.kills
        and set(killed.outcomes) <= known
        and max(killed.descriptors, left.descriptors) <= 0
        and killed.memory < 1.1
        # A thousand bodies are 3.5 GB. What twenty at once need stays, in part, with the allocator.
        and left.memory < 8
    )
    sys.exit(not fine)


if __name__ == "__main__":
    main()
