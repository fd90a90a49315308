"""Audio that is read ahead, kept within a budget, and told of its source's failure at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

import anyio
import pytest

from tonearm.engine.held_audio import Budget, HeldAudio
from tonearm.errors import ClientGone


async def source(chunks: Iterable[bytes], log: list[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        log.append(chunk)
        yield chunk


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_it_is_read_ahead_and_can_be_had_again() -> None:
    async def test() -> None:
        budget, log = Budget(400), list[bytes]()
        async with HeldAudio(source([b"a" * 30, b"b" * 30], log), budget) as held:
            await settled()
            assert held.complete
            assert held.received == 60
            for _ in range(2):
                assert [chunk async for chunk in held.chunks()] == log
            assert held.replayable
            assert budget.left == 400 - 60
        assert budget.left == 400

    asyncio.run(test())


def test_one_may_hold_as_much_as_is_left_for_others() -> None:
    def take_all(budget: Budget, held: int = 0) -> int:
        while budget.take(10, held):
            held += 10
        return held

    budget = Budget(1200)
    assert take_all(budget) == 600
    assert [take_all(budget) for _ in range(3)] == [300, 150, 70]
    budget.release(600)
    assert take_all(budget) == 340

    fair = Budget(1200)
    held = [0, 0, 0]
    for _ in range(200):
        held = [each + 10 * fair.take(10, each) for each in held]
    assert held == [300, 300, 300]


def test_past_its_share_it_waits_for_a_worker_and_then_keeps_pace_with_it() -> None:
    async def test() -> None:
        budget, log = Budget(200), list[bytes]()
        async with HeldAudio(source([bytes([number]) * 60 for number in range(6)], log), budget) as held:
            await settled()
            assert (held.full, held.complete, len(log)) == (True, False, 2)
            chunks = held.chunks()
            taken = [await anext(chunks) for _ in range(2)]
            assert not held.replayable
            assert budget.left == 200
            await settled()
            # One is ready for the worker, and no more.
            assert len(log) == 3
            taken += [chunk async for chunk in chunks]
            assert taken == log
            assert held.complete

    asyncio.run(test())


def test_without_a_budget_nothing_is_kept() -> None:
    async def test() -> None:
        log = list[bytes]()
        async with HeldAudio(source([b"x"] * 9, log), Budget(0)) as held:
            await settled()
            assert (held.full, len(log)) == (True, 1)
            assert [chunk async for chunk in held.chunks()] == [b"x"] * 9

    asyncio.run(test())


@pytest.mark.parametrize("total", [0, 400])
def test_a_failing_source_is_known_before_its_turn(total: int) -> None:
    async def gone() -> AsyncIterator[bytes]:
        yield b"x"
        raise ClientGone("the client went away")

    async def test() -> None:
        async with HeldAudio(gone(), Budget(total)) as held:
            await settled()
            if total:
                with pytest.raises(ClientGone):
                    held.failed.result()
            with pytest.raises(ClientGone):
                _ = [chunk async for chunk in held.chunks()]

    asyncio.run(test())


def test_one_who_leaves_under_a_cancel_scope_gives_its_share_back() -> None:
    """Such a scope cancels at every pause, those of the cleaning up as well."""

    async def test() -> None:
        budget = Budget(400)
        with anyio.CancelScope() as scope:
            async with HeldAudio(never_ending(b"x" * 50), budget) as held:
                await settled()
                assert held.received == 100
                scope.cancel()
                await anyio.sleep_forever()
        assert budget.left == 400

    async def never_ending(chunk: bytes) -> AsyncIterator[bytes]:
        try:
            yield chunk
            yield chunk
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)

    asyncio.run(test())
