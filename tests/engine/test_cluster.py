"""The engine on a cluster: what no pool of one machine has."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import pytest

from tests.support.cluster import RayCluster
from tests.support.command import tonearm
from tests.support.filter import run
from tests.support.waiting import PATIENCE_SECONDS
from tonearm.config import Range
from tonearm.engine import Engine, pool
from tonearm.errors import EngineFull, WorkerLost
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job
from tonearm.protocol.spec import parse
from tonearm.sample import sample_track

MODELS = "silence,waveform(points=5)"
TRACK = sample_track(8)


@asynccontextmanager
async def engine(
    cluster: RayCluster,
    workers: Range,
    *,
    queue: int = 1,
    networks: Range | None = None,
    models: str | None = MODELS,
    buffer_bytes: int = 1 << 30,
    **environment: str,
) -> AsyncIterator[Engine]:
    # Deferred: it is an extra.
    from tonearm.engine.cluster.engine import Group, RayEngine

    engine = RayEngine(
        cluster.address,
        Group(workers),
        Group(networks) if networks else None,
        queue,
        stall_seconds=600,
        log_level="warning",
        environment=environment,
        models=models,
        buffer_bytes=buffer_bytes,
    )
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.release
def test_fifty_requests_survive_the_loss_of_a_node(
    cluster: RayCluster, record_property: Callable[[str, object], None]
) -> None:
    """Six run at once and no node has more than two CPUs, so that each serves some. Each request is answered once, with
    the results of one machine.
    """
    lost = cluster.add(2)

    async def use() -> None:
        async with engine(cluster, Range(6, 6), queue=50) as running:
            job = Job(tasks=running.catalog.resolve(parse(MODELS)))
            begun: list[float] = []
            go_on = asyncio.Event()

            async def audio() -> AsyncIterator[bytes]:
                yield TRACK[:300_000]
                await go_on.wait()
                yield TRACK[300_000:]

            async def request() -> list[Event]:
                found = []
                async for event in running.analyze(audio(), job):
                    found.append(event)
                    if event.status == "started":
                        begun.append(monotonic())
                return found

            requests = [asyncio.create_task(request()) for _ in range(50)]
            await until(lambda: len(begun) == 6 and running.load().busy == 6)
            killed = monotonic()
            await asyncio.to_thread(cluster.kill, lost)
            await until(lambda: running.load().alive <= 4)
            noticed = monotonic() - killed
            go_on.set()
            expected = run(TRACK, MODELS).results
            for events in await asyncio.gather(*requests):
                told = [json.loads(event.data) for event in events]
                assert [each["status"] for each in told] == ["started", "completed", "completed", "finished"]
                results = [each["result"] for each in told[1:-1]]
                assert {f"{each['model_name']}:1": each["results"] for each in results} == expected
            record_property("seconds until the loss of a node is noticed", f"{noticed:.1f}")
            record_property("seconds until all 50 requests are answered after it", f"{monotonic() - killed:.1f}")

    asyncio.run(use())


@pytest.mark.release
def test_a_worker_there_is_confined_and_has_no_token(cluster: RayCluster) -> None:
    async def use() -> None:
        # By its models its process is told from those of other tests.
        async with engine(cluster, Range(1, 1), models="silence,waveform(points=7)"):
            (worker,) = _processes(b"tonearm.engine.worker_main\0silence,waveform(points=7)")
            status = _read(worker / "status").decode()
            assert "\nSeccomp:\t2\n" in status
            assert "\nNoNewPrivs:\t1\n" in status
            assert b"RAY_AUTH" not in _read(worker / "environ")
        await until(lambda: not worker.exists())

    if sys.platform != "linux":
        pytest.skip("needs Linux")
    asyncio.run(use())


@pytest.mark.release
def test_workers_come_with_the_load_and_go_after_it(cluster: RayCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_IDLE_SECONDS", 1.0)

    async def use() -> None:
        async with engine(cluster, Range(1, 3), queue=2) as running:
            assert running.load().alive == 1
            go_on = asyncio.Event()

            async def audio() -> AsyncIterator[bytes]:
                yield TRACK[:300_000]
                await go_on.wait()

            async def request() -> None:
                job = Job(tasks=running.catalog.resolve(parse(MODELS)))
                async for _ in running.analyze(audio(), job):
                    pass

            requests = [asyncio.create_task(request()) for _ in range(3)]
            await until(lambda: running.load().alive == 3)
            await until(lambda: running.load().busy == 3)
            go_on.set()
            await asyncio.gather(*requests)
            await until(lambda: running.load().alive == 1)
            assert running.load().replaced == 0

    asyncio.run(use())


@pytest.mark.release
def test_a_cluster_without_room_for_more_turns_requests_away(cluster: RayCluster) -> None:
    """It has four CPUs, and the engine would have six workers."""

    async def use() -> None:
        async with engine(cluster, Range(4, 6), queue=0, buffer_bytes=0) as running:
            job = Job(tasks=running.catalog.resolve(parse(MODELS)))

            async def endless() -> AsyncIterator[bytes]:
                yield TRACK
                await asyncio.sleep(3600)

            async def request() -> None:
                async for _ in running.analyze(endless(), job):
                    pass

            requests = [asyncio.create_task(request()) for _ in range(4)]
            await until(lambda: running.load().busy == 4)
            assert running.room().free == 0
            with pytest.raises(EngineFull) as full:
                await anext(running.analyze(endless(), job))
            assert full.value.retry_after >= 1
            for each in requests:
                each.cancel()
            await asyncio.gather(*requests, return_exceptions=True)
            await until(lambda: running.room().free == 4)

    asyncio.run(use())


@pytest.mark.release
def test_networks_have_workers_of_their_own(cluster: RayCluster, networks: Path) -> None:
    async def use() -> None:
        folder = str(networks)
        async with engine(
            cluster, Range(1, 1), networks=Range(1, 1), models=None, TONEARM_MODELS_DIR=folder
        ) as running:
            assert running.load().alive == 2
            network = next(card for card in running.catalog.cards if card.network and not card.unavailable)
            together = f"silence,{network.name}:{network.version}"

            async def audio() -> AsyncIterator[bytes]:
                yield TRACK

            for models in (together, "silence"):
                job = Job(tasks=running.catalog.resolve(parse(models)))
                events = [event async for event in running.analyze(audio(), job)]
                assert {event.status for event in events} == {"started", "completed", "finished"}, events

    asyncio.run(use())


@pytest.mark.release
def test_a_cluster_that_lets_anybody_in_is_not_used() -> None:
    with RayCluster.started(0, RAY_AUTH_MODE="disabled") as open_to_all:

        async def use() -> None:
            with pytest.raises(WorkerLost, match="asks for no token"):
                async with engine(open_to_all, Range(1, 1)):
                    pass

        asyncio.run(use())


@pytest.mark.release
def test_a_wrong_token_is_not_let_in(cluster: RayCluster) -> None:
    """Ray reads the token once, so it is another process that has the wrong one."""
    done = tonearm(
        *("serve", "--port", "0"),
        TONEARM_ENGINE="ray",
        TONEARM_RAY_ADDRESS=cluster.address,
        RAY_AUTH_TOKEN="wrong" * 8,
    )
    told = done.stderr.decode()
    assert (done.returncode, "Traceback" in told) == (3, False), told
    assert f"The Ray cluster at {cluster.address} cannot be joined" in told


def _processes(command: bytes) -> list[Path]:
    return [place for place in Path("/proc").glob("[0-9]*") if command in _read(place / "cmdline")]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
