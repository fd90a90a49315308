"""Twice as many clients as a server takes, for minutes: who is accepted gets the whole answer, and memory stays flat.

In the middle and at the end the server is told to end under that load.

`python -m bench.load --minutes 10`; the exit status is 1 where something was not as it must be.
"""

from __future__ import annotations

import argparse
import http.client
import random
import signal
import statistics
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.support.http import Answer, Server
from tests.support.media import BY_NAME, encoded

from bench.process import memory_mib
from tonearm.sample import sample_track

WORKERS = 2
QUEUE = 4
_PAUSE_SECONDS = 0.2
"""Before a refused client asks again: less than Retry-After says, as rude clients do."""
_BEFORE_DRAIN_SECONDS = 5.0
_DRAIN_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Kind:
    """One sort of request."""

    audio: bytes
    models: str


@cache
def kinds() -> tuple[Kind, ...]:
    return (
        Kind(sample_track(20), "key,bpm_degara,loudness_ebur128"),
        Kind(sample_track(60), "waveform,silence,loudness_ebur128:2(curves=true)"),
        Kind(encoded(BY_NAME["mp3-cbr"], 120.0), "key:1,bpm_degara,loudness-ebur128"),
        Kind(encoded(BY_NAME["m4a-aac"], 30.0), "chords,onset_rate"),
        Kind(encoded(BY_NAME["flac-16"], 10.0), "spectral_summary,dynamic_complexity"),
        Kind(b"no audio at all " * 1000, "key"),
    )


@dataclass
class Outcome:
    answers: Counter[str]
    thirds: list[int]
    """Whole answers in each third of the time."""
    memory: dict[str, float]
    """Resident memory in the last third of the time ÷ in the first third, of the server and of its workers."""


def overload(server: Server, seconds: float) -> Outcome:
    """Ask from twice as many clients as there are places."""
    expected = {kind: shape(server.analyze(kind.audio, kind.models)) for kind in kinds()}
    answers: Counter[str] = Counter()
    samples: list[tuple[float, float]] = []
    begun = time.monotonic()
    end = begun + seconds
    thirds = [0, 0, 0]
    over = threading.Event()

    def ask() -> None:
        while time.monotonic() < end:
            kind = random.choice(kinds())
            answer = server.analyze(kind.audio, kind.models)
            answers[found := in_words(answer, expected[kind])] += 1
            thirds[min(2, int(3 * (time.monotonic() - begun) / seconds))] += found == "200"
            if answer.status == 429:
                time.sleep(_PAUSE_SECONDS)

    def watch() -> None:
        while not over.wait(seconds / 100):
            workers = sum(memory_mib(pid, "VmRSS") for pid in server.workers())
            samples.append((memory_mib(server.process.pid, "VmRSS"), workers))

    watcher = threading.Thread(target=watch)
    watcher.start()
    clients = 2 * (WORKERS + QUEUE)
    with ThreadPoolExecutor(clients) as pool:
        for each in [pool.submit(ask) for _ in range(clients)]:
            each.result()
    over.set()
    watcher.join()
    third = len(samples) // 3
    memory = {
        name: statistics.mean(sample[place] for sample in samples[-third:])
        / statistics.mean(sample[place] for sample in samples[:third])
        for place, name in enumerate(("server", "workers"))
    }
    return Outcome(answers, thirds, memory)


def drain(server: Server) -> Counter[str]:
    """SIGTERM under that load: who was accepted gets the whole answer, and the server ends well."""
    expected = {kind: shape(server.analyze(kind.audio, kind.models)) for kind in kinds()}
    answers: Counter[str] = Counter()

    def ask() -> None:
        while server.process.poll() is None:
            kind = random.choice(kinds())
            try:
                answer = server.analyze(kind.audio, kind.models)
            except (OSError, http.client.HTTPException):
                answers["no connection"] += 1
                time.sleep(_PAUSE_SECONDS)
                continue
            answers[in_words(answer, expected[kind])] += 1

    clients = 2 * (WORKERS + QUEUE)
    with ThreadPoolExecutor(clients) as pool:
        asking = [pool.submit(ask) for _ in range(clients)]
        time.sleep(_BEFORE_DRAIN_SECONDS)
        server.process.send_signal(signal.SIGTERM)
        answers[f"exit code {server.process.wait(_DRAIN_PATIENCE_SECONDS)}"] += 1
        for each in asking:
            each.result()
    return answers


def in_words(answer: Answer, expected: Any) -> str:
    """The status of a refusal, and of an answer that is the expected one."""
    if answer.status in (429, 503) or shape(answer) == expected:
        return str(answer.status)
    return f"not the unloaded answer: {answer.status} {answer.statuses} {answer.raw[-300:]!r}"


def shape(answer: Answer) -> Any:
    """What must be the same each time: all but the correlation ids and the order in which models finish."""
    if answer.status != 200:
        return answer.status, answer.detail
    return answer.statuses, answer.results


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=10)
    given = arguments.parse_args()
    fine = True
    for half in ("first", "second"):
        with Server.started(TONEARM_WORKERS=str(WORKERS), TONEARM_QUEUE=str(QUEUE)) as server:
            outcome = overload(server, 30 * given.minutes)
            drained = drain(server)
        print(f"{half} half")
        for answer, count in outcome.answers.most_common():
            print(f"{count:8} {answer}")
        print(f"{outcome.thirds} whole answers by thirds of the time")
        for name, ratio in outcome.memory.items():
            print(f"{ratio:8.3f} memory of the {name}: last third ÷ first third")
        print(f"drained under that load: {dict(drained)}")
        fine &= set(outcome.answers) <= {"200", "400", "429"} and max(outcome.memory.values()) < 1.1
        fine &= set(drained) <= {"200", "400", "429", "503", "no connection", "exit code 0"}
    sys.exit(not fine)


if __name__ == "__main__":
    main()
