"""What every engine must do. Each test runs on each engine."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import aclosing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support import faulty, plugin
from tests.support.cluster import RayCluster
from tests.support.filter import run
from tests.support.media import BY_NAME, encoded
from tests.support.waiting import PATIENCE_SECONDS
from tonearm.config import Range
from tonearm.engine import Engine
from tonearm.engine.local import LocalEngine
from tonearm.errors import AudioError, EngineFull, FetchError, WorkerLost
from tonearm.protocol.cost import Cost
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job, Task
from tonearm.protocol.spec import parse
from tonearm.sample import sample_track

MODELS = "key,bpm_degara,loudness_ebur128:2"


def local(request: pytest.FixtureRequest) -> Engine:
    return LocalEngine(workers=2, queue=1, stall_seconds=60, log_level="warning", models=MODELS)


def on_cluster(request: pytest.FixtureRequest) -> Engine:
    cluster: RayCluster = request.getfixturevalue("cluster")
    # Deferred: it is an extra.
    from tonearm.engine.cluster.engine import Group, RayEngine

    return RayEngine(
        cluster.address,
        Group(Range(2, 2)),
        None,
        queue=1,
        stall_seconds=60,
        log_level="warning",
        environment={},
        models=MODELS,
    )


TRACK = sample_track(8)


Use = Callable[[Callable[[Engine], Coroutine[None, None, None]]], None]


@pytest.fixture(scope="module", params=[local, pytest.param(on_cluster, marks=pytest.mark.release)])
def with_engine(
    request: pytest.FixtureRequest,
) -> Iterator[Use]:
    """Runs a coroutine function on a started engine, the same one for all tests: none may leave a mark on it."""
    with asyncio.Runner() as runner:
        engine: Engine = request.param(request)
        runner.run(engine.start())
        try:
            yield lambda use: runner.run(_once_whole(engine, use))
        finally:
            runner.run(engine.stop())


async def _once_whole(engine: Engine, use: Callable[[Engine], Coroutine[None, None, None]]) -> None:
    await until(lambda: engine.load().alive == 2 and engine.room().free == 3)
    await use(engine)


def job(engine: Engine, models: str) -> Job:
    return Job(tasks=engine.catalog.resolve(parse(models)))


async def arriving(data: bytes, size: int = 50_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def gather(engine: Engine, audio: AsyncIterator[bytes], models: str) -> list[Event]:
    return [event async for event in engine.analyze(audio, job(engine, models))]


def results(events: list[Event]) -> dict[str, dict[str, Any]]:
    found = [json.loads(event.data)["result"] for event in events if event.status == "completed"]
    return {f"{result['model_name']}:{result['model_version']}": result["results"] for result in found}


def test_an_analysis_is_that_of_the_filter(with_engine: Use) -> None:
    async def use(engine: Engine) -> None:
        events = await gather(engine, arriving(TRACK), "key,bpm_degara,loudness_ebur128:2")
        assert [event.status for event in events] == ["started", *["completed"] * 3, "finished"]
        assert results(events) == run(TRACK, "key,bpm_degara,loudness_ebur128:2").results

    with_engine(use)


def test_started_comes_before_the_audio_has_ended(with_engine: Use) -> None:
    async def use(engine: Engine) -> None:
        go_on = asyncio.Event()

        async def audio() -> AsyncIterator[bytes]:
            yield TRACK[:200_000]
            await go_on.wait()
            yield TRACK[200_000:]

        async with aclosing(engine.analyze(audio(), job(engine, "key"))) as events:
            assert (await anext(events)).status == "started"
            go_on.set()
            assert [event.status async for event in events] == ["completed", "finished"]

    with_engine(use)


def test_what_is_no_audio_raises_before_the_first_event(with_engine: Use) -> None:
    async def use(engine: Engine) -> None:
        for _ in range(5):
            with pytest.raises(AudioError, match="not audio"):
                await gather(engine, arriving(b"no audio " * 1000), "key")
        assert (await gather(engine, arriving(TRACK), "key"))[-1].status == "finished"

    with_engine(use)


@pytest.mark.parametrize("after", [0, 1000, 300_000])
def test_what_the_audio_raises_is_raised(with_engine: Use, after: int) -> None:
    async def use(engine: Engine) -> None:
        async def broken() -> AsyncIterator[bytes]:
            if after:
                yield TRACK[:after]
            raise FetchError("the line broke")

        before = engine.room().free
        with pytest.raises(FetchError, match="the line broke"):
            await gather(engine, broken(), "key")
        await until(lambda: engine.room().free == before)
        assert (await gather(engine, arriving(TRACK), "key"))[-1].status == "finished"

    with_engine(use)


def test_closing_cancels_and_frees_the_worker(with_engine: Use) -> None:
    async def use(engine: Engine) -> None:
        async def endless() -> AsyncIterator[bytes]:
            yield TRACK
            await asyncio.sleep(3600)

        before = engine.room().free
        for _ in range(4):
            async with aclosing(engine.analyze(endless(), job(engine, "key"))) as events:
                assert (await anext(events)).status == "started"
                assert engine.room().free == before - 1
            await until(lambda: engine.room().free == before)
        assert (await gather(engine, arriving(TRACK), "key"))[-1].status == "finished"

    with_engine(use)


@pytest.mark.release
def test_slow_audio_and_slow_analyses_are_no_hanging_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an idle hour, nor a source that is slow, nor work that goes on long after the last byte."""
    monkeypatch.setenv("PYTHONPATH", plugin.install(faulty.MODULE, tmp_path))
    stall_seconds = 30

    async def slow() -> AsyncIterator[bytes]:
        yield TRACK[:100]
        await asyncio.sleep(stall_seconds + 1)
        yield TRACK[100:]

    async def use() -> None:
        engine = LocalEngine(workers=3, queue=0, stall_seconds=stall_seconds, log_level="warning", models="key")
        await engine.start()
        try:
            from_slow = asyncio.create_task(gather(engine, slow(), "key"))
            # It sleeps for a second with each of 40 blocks.
            by_slow = asyncio.create_task(gather(engine, arriving(sample_track(60)), "faulty(fault=slow,phase=feed)"))
            await asyncio.sleep(stall_seconds + 1)
            for events in (await gather(engine, arriving(TRACK), "key"), await from_slow, await by_slow):
                assert [event.status for event in events] == ["started", "completed", "finished"]
            assert engine.load().replaced == 0
        finally:
            await engine.stop()

    asyncio.run(use())


def test_without_room_it_says_when_to_come_back(with_engine: Use) -> None:
    async def use(engine: Engine) -> None:
        go_on = asyncio.Event()

        async def waiting() -> AsyncIterator[bytes]:
            await go_on.wait()
            yield TRACK

        room = engine.room().free
        taken = [asyncio.create_task(gather(engine, waiting(), "key")) for _ in range(room)]
        await until(lambda: engine.room().free == 0)
        assert engine.room().retry_after >= 1
        with pytest.raises(EngineFull) as full:
            await gather(engine, arriving(TRACK), "key")
        assert full.value.retry_after >= 1
        go_on.set()
        for events in await asyncio.gather(*taken):
            assert events[-1].status == "finished"

    with_engine(use)


def test_audio_without_end_ends_at_the_longest_duration(with_engine: Use) -> None:
    async def use(engine: Engine) -> None:
        async def endless() -> AsyncIterator[bytes]:
            # The header of a WAV that is being streamed: its length is not known.
            yield TRACK[:40] + b"\xff\xff\xff\xff"
            while True:
                yield bytes(1 << 20)

        short = job(engine, "key")
        short = short.model_copy(update={"caps": short.caps.model_copy(update={"max_seconds": 60.0})})
        events = [event async for event in engine.analyze(endless(), short)]
        assert [event.status for event in events] == ["started", "completed", "error", "finished"]
        assert "longer than 60 seconds" in events[2].data
        assert (await gather(engine, arriving(TRACK), "key"))[-1].status == "finished"

    with_engine(use)


def test_bytes_without_end_after_the_audio_are_not_read_for_ever(with_engine: Use) -> None:
    async def use(engine: Engine) -> None:
        async def endless() -> AsyncIterator[bytes]:
            yield TRACK
            while True:
                yield bytes(1 << 20)

        events = [event async for event in engine.analyze(endless(), job(engine, "key"))]
        assert [event.status for event in events] == ["started", "completed", "finished"]
        assert results(events) == run(TRACK, "key").results

    with_engine(use)


def test_a_job_that_no_worker_survives_does_not_go_round_for_ever(with_engine: Use) -> None:
    async def use(engine: Engine) -> None:
        before = engine.room().free
        # JSON has no NaN, so what the worker reads is no job.
        poison = Job(tasks=(Task(requested="key", name="key", version=1, parameters={"x": float("nan")}),))
        with pytest.raises(WorkerLost):
            _ = [event async for event in engine.analyze(arriving(TRACK), poison)]
        await until(lambda: engine.room().free == before)
        assert (await gather(engine, arriving(TRACK), "key"))[-1].status == "finished"
        await until(lambda: engine.load().alive == 2)
        assert engine.load().replaced >= 1

    with_engine(use)


def test_partial_results_come_while_the_audio_does_and_as_they_are_taken(with_engine: Use) -> None:
    async def use(engine: Engine) -> None:
        task = job(engine, "loudness_ebur128:2(curves=true)").model_copy(update={"partial_seconds": 1.0})
        go_on = asyncio.Event()

        async def audio() -> AsyncIterator[bytes]:
            yield TRACK[:900_000]
            await go_on.wait()
            yield TRACK[900_000:]

        events = []
        async with aclosing(engine.analyze(audio(), task)) as stream:
            async for event in stream:
                events.append(event)
                if event.status == "partial":
                    go_on.set()
        told = [json.loads(event.data) for event in events if event.status == "partial"]
        assert [event.status for event in events] == ["started", *["partial"] * len(told), "completed", "finished"]
        assert told[0]["at"] < len(TRACK[:900_000]) / 44100 / 4
        assert all(one["at"] < other["at"] for one, other in pairwise(told))
        (whole,) = results(events).values()
        curve = [value for each in told for value in each["result"]["results"]["momentary_lufs"]]
        assert curve
        assert curve == whole["momentary_lufs"][: len(curve)]

    with_engine(use)


def test_warnings_come_with_the_end(with_engine: Use) -> None:
    """Of FLAC with noise in its middle."""
    data = encoded(BY_NAME["flac-16"], 8.0)
    middle, size = len(data) // 2, len(data) // 4
    holed = data[:middle] + random.Random(3).randbytes(size) + data[middle + size :]

    async def use(engine: Engine) -> None:
        events = await gather(engine, arriving(holed), "key")
        end = json.loads(events[-1].data)
        assert end == run(holed, "key").events[-1]
        assert end["warnings"][0]["code"] == "damaged"

    with_engine(use)


def test_what_an_analysis_cost_is_reported_once(with_engine: Use) -> None:
    async def use(engine: Engine) -> None:
        reports: list[Cost] = []
        task = job(engine, "key,loudness_ebur128:2,loudness_ebur128:2(curves=true)")
        assert [event.status async for event in engine.analyze(arriving(TRACK), task, reports.append)][-1] == "finished"
        [cost] = reports
        assert cost.audio_seconds == pytest.approx(8)
        assert cost.bytes_read == len(TRACK)
        assert cost.decode_seconds > 0
        assert set(cost.model_seconds) == {"key:1", "loudness_ebur128:2"}
        assert cost.feature_seconds["Mono"] > 0
        with pytest.raises(AudioError):
            _ = [event async for event in engine.analyze(arriving(b"no audio" * 99), task, reports.append)]
        await until(lambda: len(reports) == 2)
        assert reports[1].audio_seconds == 0
        async with aclosing(engine.analyze(arriving(TRACK), task, reports.append)) as events:
            await anext(events)
        await until(lambda: len(reports) == 3)

    with_engine(use)


async def until(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
