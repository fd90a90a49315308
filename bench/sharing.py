"""What many slow uploads, or one client with many requests, cost a client with a single request.

`python -m bench.sharing`; the exit status is 1 if a goal is missed.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import repeat
from statistics import median

from tests.support.http import Answer, Server
from tests.support.media import BY_NAME, encoded

from tonearm.sample import sample_track

WORKERS = 2
SLOW = 50
SLOW_BYTES_PER_SECOND = 2000
GREEDY = 50
_REQUESTS = 30
_MODELS = "key,bpm_degara,loudness_ebur128:2"
_TICK_SECONDS = 0.1


def main() -> None:
    slow = slow_uploads()
    fair = fairness()
    sys.exit(not (slow and fair))


def slow_uploads() -> bool:
    """With SLOW uploads open, a normal request takes at most 1.5 times as long as without."""
    track = sample_track(20)
    small = encoded(BY_NAME["opus"], 4.0)
    with Server.started(TONEARM_WORKERS=str(WORKERS), TONEARM_CONNECTIONS_PER_ADDRESS="500") as server:
        expected = server.analyze(small, _MODELS).results
        idle = _timed(server, track)
        with ThreadPoolExecutor(SLOW) as pool:
            uploads = [pool.submit(server.analyze, _slowly(small), _MODELS) for _ in range(SLOW)]
            time.sleep(3)
            beside = _timed(server, track)
            answers = [upload.result() for upload in uploads]
    right = sum(answer.status == 200 and answer.results == expected for answer in answers)
    ratio = median(beside) / median(idle)
    print(f"{SLOW} uploads at {SLOW_BYTES_PER_SECOND} B/s on {WORKERS} workers:")
    print(
        f"  a normal request takes {median(idle):.3f} s alone and {median(beside):.3f} s beside them, {ratio:.2f} times"
    )
    print(f"  {right} of the slow ones have the results of a fast one")
    return ratio <= 1.5 and right == SLOW


def fairness() -> bool:
    """Beside a client with GREEDY requests at once, a single request waits for at most one of them."""
    track = sample_track(60)
    keys = {name: f"ta_{name}" for name in ("greedy", "modest")}
    entries = ",".join(f"{name}:{sha256(key.encode()).hexdigest()}" for name, key in keys.items())
    over = threading.Event()
    with Server.started(TONEARM_WORKERS=str(WORKERS), TONEARM_API_KEYS=entries) as server:

        def ask(name: str) -> tuple[Answer, float]:
            begun = time.monotonic()
            answer = server.analyze(track, _MODELS, {"Authorization": f"Bearer {keys[name]}"})
            return answer, time.monotonic() - begun

        def greedily() -> None:
            while not over.is_set():
                ask("greedy")

        alone = median(ask("modest")[1] for _ in range(5))
        with ThreadPoolExecutor(GREEDY) as pool:
            for _ in range(GREEDY):
                pool.submit(greedily)
            time.sleep(3)
            single = [ask("modest") for _ in range(_REQUESTS)]
            over.set()
    refused = sum(answer.status != 200 for answer, _ in single)
    waits = [seconds for _, seconds in single]
    # Two run at once, so each takes the longer; one that has just begun is waited for.
    print(f"one client with {GREEDY} requests at once, another with one, on {WORKERS} workers:")
    print(f"  the single one takes {alone:.3f} s, beside the other {median(waits):.3f} s, at most {max(waits):.3f} s")
    print(f"  {refused} of {_REQUESTS} refused")
    return not refused and median(waits) <= 4 * alone


def _timed(server: Server, track: bytes) -> list[float]:
    found = []
    for _ in repeat(None, _REQUESTS):
        begun = time.monotonic()
        answer = server.analyze(track, _MODELS)
        assert answer.status == 200, answer.detail
        found.append(time.monotonic() - begun)
    return found


def _slowly(body: bytes) -> Iterator[bytes]:
    size = round(SLOW_BYTES_PER_SECOND * _TICK_SECONDS)
    for start in range(0, len(body), size):
        yield body[start : start + size]
        time.sleep(_TICK_SECONDS)


if __name__ == "__main__":
    main()
