"""A little of what `python -m bench.chaos` and `python -m bench.load` do at length."""

from __future__ import annotations

import sys

import pytest

from bench import chaos, load
from tests.support.http import Server

pytestmark = [
    pytest.mark.release,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(sys.platform != "linux", reason="needs /proc"),
]


def test_killed_workers_and_clients_that_leave() -> None:
    with Server.started(TONEARM_WORKERS="2") as server:
        killed = chaos.kill_workers(server, 8)
        assert set(killed.outcomes) <= {"completed", "error", "500"}, killed
        assert killed.outcomes["error"] + killed.outcomes["500"] <= 8, killed
        assert killed.descriptors <= 0, killed
        left = chaos.leave(server, 1000)
        assert left.outcomes == {"left": 1000}
        assert left.descriptors <= 0, left
        assert left.memory < 8, left
        assert not [line for line in server.log if "Task was destroyed" in line]


def test_twice_the_capacity() -> None:
    with Server.started(TONEARM_WORKERS=str(load.WORKERS), TONEARM_QUEUE=str(load.QUEUE)) as server:
        # What the first requests leave takes longer on a slow machine; a leak would show each time.
        for _ in range(5):
            outcome = load.overload(server, 8)
            if outcome.memory["server"] < 1.2:
                break
    assert set(outcome.answers) == {"200", "400", "429"}
    assert outcome.memory["server"] < 1.2
