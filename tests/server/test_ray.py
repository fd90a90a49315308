"""The whole server on a cluster: the same requests, the same bytes."""

from __future__ import annotations

import re
import signal

import pytest

from tests.support.cluster import RayCluster
from tests.support.http import Server
from tests.support.waiting import PATIENCE_SECONDS, wait_for


def _told(answer: bytes) -> bytes:
    return re.sub(rb'"correlation_id":"[^"]*"', b"", answer)


@pytest.mark.release
def test_the_server_answers_as_on_one_machine(cluster: RayCluster, server: Server, track: bytes) -> None:
    with Server.started(
        TONEARM_ENGINE="ray", TONEARM_RAY_ADDRESS=cluster.address, TONEARM_RAY_WORKERS="1", TONEARM_QUEUE="0"
    ) as on_cluster:
        assert on_cluster.workers() == [], "nothing is decoded where the server is"
        for models, body in (
            ("key,beats,loudness_ebur128:2(curves=true)", track),
            ("key", track[: len(track) // 2]),
            ("key", b"no audio " * 999),
            ("no_such", track),
        ):
            here, there = (each.analyze(body, models) for each in (server, on_cluster))
            assert there.status == here.status
            if here.status == 200:
                assert there.statuses[-1] == "finished"
                assert sorted(_told(there.raw).split(b"\n")) == sorted(_told(here.raw).split(b"\n"))
        assert on_cluster.get("/v1/models") == server.get("/v1/models")
        with on_cluster.open() as leaving:
            leaving.post("key", length=len(track))
            leaving.send(track[:200_000])
            leaving.answer().next_event()
            # The one worker is taken, and whoever leaves gives it back.
            refused = on_cluster.analyze(track, "key")
            assert (refused.status, int(refused.header("Retry-After")) >= 1) == (429, True)
        wait_for(lambda: on_cluster.get("/readyz") == (200, {"ready": True, "free": 1}))
        with on_cluster.open() as last:
            last.post("key", length=len(track))
            last.send(track[:200_000])
            last.answer().next_event()
            on_cluster.process.send_signal(signal.SIGTERM)
            last.send(track[200_000:])
            last.answer().finish()
            assert last.answer().statuses == ["started", "completed", "finished"]
        assert on_cluster.process.wait(PATIENCE_SECONDS) == 0
