"""Analyses whose machine is lost begin again on another one, and clients notice nothing of it."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.filter import run
from tests.support.waiting import PATIENCE_SECONDS
from tonearm.config import Range
from tonearm.engine.pool import Pool
from tonearm.engine.wire import Kind
from tonearm.engine.worker_handle import WorkerHandle
from tonearm.errors import HostLost
from tonearm.protocol.cost import Cost
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job
from tonearm.protocol.spec import parse
from tonearm.sample import sample_track

MODELS = "silence,waveform(points=5)"
TRACK = sample_track(8)


class Elsewhere(WorkerHandle):
    """A worker of this machine whose machine is lost after so many events."""

    lasts = math.inf

    async def receive(self, job: int) -> tuple[Kind, bytes]:
        kind, payload = await super().receive(job)
        if kind is Kind.EVENT:
            if not self.lasts:
                raise HostLost("The machine is gone.")
            self.lasts -= 1
        return kind, payload


def analysed(lasting: Iterator[float], buffer_bytes: int = 1 << 30) -> tuple[list[Event], list[Cost]]:
    """By a worker at a time, each of which lasts for the next number of events."""
    costs: list[Cost] = []

    async def spawn() -> Elsewhere:
        worker = await Elsewhere.spawn("warning", MODELS)
        assert isinstance(worker, Elsewhere)
        worker.lasts = next(lasting)
        return worker

    async def audio() -> AsyncIterator[bytes]:
        for start in range(0, len(TRACK), 50_000):
            yield TRACK[start : start + 50_000]

    async def use() -> list[Event]:
        pool = Pool(spawn, Range(1, 1), 1, math.inf, buffer_bytes)
        await pool.start()
        try:
            job = Job(tasks=pool.catalog.resolve(parse(MODELS)))
            async with asyncio.timeout(PATIENCE_SECONDS):
                return [event async for event in pool.analyze(audio(), job, costs.append)]
        finally:
            await pool.stop()

    return asyncio.run(use()), costs


def check(events: list[Event]) -> None:
    assert [event.status for event in events] == ["started", "completed", "completed", "finished"]
    told = [json.loads(event.data) for event in events]
    assert (told[0]["total_models"], told[-1]["total_models"]) == (2, 2)
    found = {f"{each['result']['model_name']}:1": each["result"]["results"] for each in told[1:-1]}
    assert found == run(TRACK, MODELS).results


def test_a_lost_machine_is_not_noticed_and_no_answer_comes_twice() -> None:
    """It is lost when one of two models has answered."""
    events, costs = analysed(iter([2, math.inf]))
    check(events)
    assert [set(cost.model_seconds) for cost in costs] == [{"waveform:1"}], "what had answered was computed again"


@pytest.mark.release
@pytest.mark.parametrize("lasting", [(0, math.inf), (1, 0, math.inf), (3, 0, math.inf)])
def test_whenever_it_is_lost_and_also_twice(lasting: tuple[float, ...]) -> None:
    events, costs = analysed(iter(lasting))
    check(events)
    assert len(costs) == 1


@pytest.mark.release
def test_what_three_machines_are_lost_by_is_given_up() -> None:
    events, costs = analysed(iter([1, 0, 0, math.inf]))
    assert [event.status for event in events] == ["started", "error", "finished"]
    assert json.loads(events[1].data) == {"status": "error", "error": "The machine is gone."}
    assert costs == []


@pytest.mark.release
def test_what_was_too_long_to_keep_ends_with_an_error() -> None:
    events, _ = analysed(iter([1, math.inf]), buffer_bytes=0)
    assert [event.status for event in events] == ["started", "error", "finished"]
    assert "too much had arrived to begin again" in events[1].data
