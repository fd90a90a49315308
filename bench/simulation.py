"""Nodes that analyse a catalogue, as queues: for a main process, for the network of a node, and for its cores."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass

_TRACKS_PER_CORE = 60


@dataclass(frozen=True)
class Fleet:
    """What is supposed, and not measured."""

    cores_per_node: int = 16
    core_speed: float = 1.0
    """Of the core that was measured."""
    node_bytes_per_second: float = 10e9 / 8
    """10 Gbit/s."""
    fetch_seconds: float = 0.05
    """Until the first byte comes out of the store."""
    spread: float = 0.5
    """Standard deviation of the length of tracks ÷ their mean."""
    track_bytes: float = 4e6
    price_per_core_hour: float = 0.04
    """In any currency."""


@dataclass(frozen=True)
class Outcome:
    nodes: int
    tracks_per_hour: float
    efficiency: float
    """Tracks per hour ÷ what as many cores would do that never wait."""
    busy: dict[str, float]
    """Share of the time that each kind of part is busy."""

    @property
    def bottleneck(self) -> str:
        return max(self.busy, key=lambda part: self.busy[part])


def simulate(fleet: Fleet, nodes: int, worker_seconds: float, main_seconds: float, mains: int) -> Outcome:
    """Each core takes the next track when it has none: it waits for the main process, then for its node's network.

    `main_seconds` of CPU time are what a main process takes for a track, all of it in one thread. There is one of them
    on each node, or `mains` is 1.
    """
    chance = random.Random(nodes)
    cores = nodes * fleet.cores_per_node
    shape = 1 / fleet.spread**2
    free = [(0.0, core) for core in range(cores)]
    main_free, network_free = [0.0] * mains, [0.0] * nodes
    computing = receiving = 0.0
    end = 0.0
    tracks = cores * _TRACKS_PER_CORE
    for _ in range(tracks):
        now, core = heapq.heappop(free)
        node = core // fleet.cores_per_node
        length = chance.gammavariate(shape, 1 / shape)
        begun = max(now, main_free[node % mains]) + main_seconds
        main_free[node % mains] = begun
        receive = length * fleet.track_bytes / fleet.node_bytes_per_second
        network_free[node] = max(begun, network_free[node]) + receive
        compute = length * worker_seconds / fleet.core_speed
        # The analysis keeps pace with what arrives, so that only the beginning of a download is waited for.
        done = max(begun + fleet.fetch_seconds + compute, network_free[node])
        computing += compute
        receiving += receive
        end = max(end, done)
        heapq.heappush(free, (done, core))
    return Outcome(
        nodes=nodes,
        tracks_per_hour=3600 * tracks / end,
        efficiency=tracks * worker_seconds / fleet.core_speed / cores / end,
        busy={
            "cores": computing / cores / end,
            "main": tracks * main_seconds / mains / end,
            "network": receiving / nodes / end,
        },
    )
