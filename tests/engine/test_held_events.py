"""What is kept of events for a reader that is behind: as much as the budget allows, then the source waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing

import pytest

from tonearm.engine.held_audio import Budget
from tonearm.engine.held_events import held
from tonearm.errors import AudioError
from tonearm.protocol.events import Event

SIZE = 100


class Source:
    """Makes `count` events, and then raises, or ends, or goes on for ever."""

    def __init__(self, count: int, error: Exception | None = None, endless: bool = False) -> None:
        self.made = 0
        self.closed = False
        self._count = count
        self._error = error
        self._endless = endless

    async def events(self) -> AsyncGenerator[Event, None]:
        try:
            while self.made < self._count:
                self.made += 1
                yield Event("completed", f"{self.made}".rjust(SIZE))
            if self._error is not None:
                raise self._error
            if self._endless:
                await asyncio.sleep(3600)
        finally:
            self.closed = True


def run(use: Coroutine[None, None, None]) -> None:
    asyncio.run(use)


def ignored(event: Event) -> None:
    """Nobody waits for it."""


async def idle() -> None:
    for _ in range(100):
        await asyncio.sleep(0)


def test_a_reader_that_is_behind_holds_up_nobody_within_the_budget() -> None:
    async def use() -> None:
        source, budget = Source(30), Budget(100 * SIZE)
        async with aclosing(held(source.events(), budget, ignored)) as events:
            first = await anext(events)
            await idle()
            assert source.closed
            assert budget.left <= 100 * SIZE - 28 * SIZE
            rest = [int(event.data) async for event in events]
        assert [int(first.data), *rest] == list(range(1, 31))
        assert budget.left == 100 * SIZE

    run(use())


@pytest.mark.parametrize(("total", "most"), [(0, 3), (10 * SIZE, 7)])
def test_past_the_budget_the_source_waits(total: int, most: int) -> None:
    """One is at the reader, one waits for it, and one has no room."""

    async def use() -> None:
        source, budget = Source(30), Budget(total)
        async with aclosing(held(source.events(), budget, ignored)) as events:
            await anext(events)
            await idle()
            assert source.made == most
            assert len([event async for event in events]) == 29
        assert budget.left == total

    run(use())


def test_what_the_source_raises_comes_behind_its_events() -> None:
    async def use() -> None:
        budget = Budget(1000)
        async with aclosing(held(Source(3, AudioError("broken")).events(), budget, ignored)) as events:
            assert [int((await anext(events)).data) for _ in range(3)] == [1, 2, 3]
            with pytest.raises(AudioError, match="broken"):
                await anext(events)
        assert budget.left == 1000

    run(use())


@pytest.mark.parametrize("budget", [Budget(0), Budget(1000)])
def test_closing_closes_the_source(budget: Budget) -> None:
    async def use() -> None:
        before = budget.left
        source = Source(5, endless=True)
        async with aclosing(held(source.events(), budget, ignored)) as events:
            await anext(events)
            await idle()
        assert source.closed
        assert budget.left == before

    run(use())
