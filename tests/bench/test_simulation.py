"""What queues do is known where one part alone is the limit."""

from __future__ import annotations

import pytest
from bench.simulation import Fleet, simulate

FLEET = Fleet(cores_per_node=8, fetch_seconds=0.0, spread=0.01)


def test_cores_that_wait_for_nothing_do_what_they_can() -> None:
    found = simulate(FLEET, 3, worker_seconds=2.0, main_seconds=0.0, mains=1)
    assert found.bottleneck == "cores"
    assert found.tracks_per_hour == pytest.approx(3 * 8 * 3600 / 2.0, rel=0.02)
    assert found.efficiency == pytest.approx(1, rel=0.02)


@pytest.mark.parametrize(("mains", "rate"), [(1, 3600 / 0.5), (4, 4 * 3600 / 0.5)])
def test_a_main_process_does_no_more_than_one_thread_can(mains: int, rate: float) -> None:
    found = simulate(FLEET, 4, worker_seconds=2.0, main_seconds=0.5, mains=mains)
    assert found.bottleneck == "main"
    assert found.tracks_per_hour == pytest.approx(rate, rel=0.02)


def test_a_network_carries_no_more_than_its_bandwidth() -> None:
    slow = Fleet(cores_per_node=8, fetch_seconds=0.0, spread=0.01, node_bytes_per_second=4e6, track_bytes=4e6)
    found = simulate(slow, 2, worker_seconds=2.0, main_seconds=0.0, mains=1)
    assert found.bottleneck == "network"
    assert found.tracks_per_hour == pytest.approx(2 * 3600, rel=0.02)
