"""Whose turn it is, without processes: a worker is only a token here that is alive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pytest

from tonearm.engine.scheduler import NoPlace, Scheduler, Ticket
from tonearm.engine.worker_handle import WorkerHandle


@dataclass(eq=False)
class Token:
    alive: bool = True


def worker() -> WorkerHandle:
    return cast(WorkerHandle, Token())


def in_a_loop(test: Callable[[], None]) -> Callable[[], None]:
    async def run() -> None:
        test()

    return lambda: asyncio.run(run())


def enter(scheduler: Scheduler, client: str, ready: bool = True, may_park: bool = False) -> Ticket:
    ticket = scheduler.enter(client, may_park)
    if ready:
        scheduler.make_ready(ticket)
    return ticket


def has_turn(ticket: Ticket) -> bool:
    return ticket.turn.done() and ticket.turn.exception() is None


def end(scheduler: Scheduler, ticket: Ticket) -> None:
    token = ticket.take()
    scheduler.leave(ticket)
    scheduler.offer(token)


def test_a_client_with_one_request_is_next() -> None:
    @in_a_loop
    def test() -> None:
        scheduler = Scheduler(60)
        tokens = [worker(), worker()]
        for token in tokens:
            scheduler.offer(token)
        greedy = [enter(scheduler, "greedy") for _ in range(50)]
        single = enter(scheduler, "single")
        assert [has_turn(ticket) for ticket in greedy[:3]] == [True, True, False]
        end(scheduler, greedy[0])
        assert has_turn(single)
        assert not has_turn(greedy[2])

    test()


def test_clients_take_turns_and_one_clients_requests_keep_their_order() -> None:
    @in_a_loop
    def test() -> None:
        scheduler = Scheduler(60)
        tickets = [enter(scheduler, client) for client in "aaabbc"]
        scheduler.offer(worker())
        order = []
        for _ in tickets:
            (ticket,) = [each for each in tickets if each not in order and has_turn(each)]
            order.append(ticket)
            end(scheduler, ticket)
        assert "".join(ticket.client for ticket in order) == "abcaba"
        assert [ticket.number for ticket in order if ticket.client == "a"] == [0, 1, 2]

    test()


def test_places_are_shared_out() -> None:
    @in_a_loop
    def test() -> None:
        scheduler = Scheduler(4)
        greedy = [enter(scheduler, "greedy") for _ in range(4)]
        with pytest.raises(NoPlace):
            scheduler.enter("greedy", may_park=False)
        for client in "bcd":
            enter(scheduler, client)
        # The latest of whoever holds most.
        assert [isinstance(ticket.turn.exception(), NoPlace) for ticket in greedy[1:]] == [True, True, True]
        assert not greedy[0].turn.done()
        with pytest.raises(NoPlace):
            scheduler.enter("e", may_park=False)
        assert scheduler.free == 0

    test()


def test_a_running_request_is_never_evicted() -> None:
    @in_a_loop
    def test() -> None:
        scheduler = Scheduler(2)
        scheduler.offer(worker())
        scheduler.offer(worker())
        running = [enter(scheduler, "greedy") for _ in range(2)]
        with pytest.raises(NoPlace):
            scheduler.enter("other", may_park=False)
        assert all(map(has_turn, running))

    test()


def test_who_sends_slowly_runs_when_nobody_else_is_ready_and_comes_back_when_it_is() -> None:
    @in_a_loop
    def test() -> None:
        scheduler = Scheduler(4)
        slow = enter(scheduler, "slow", ready=False, may_park=True)
        ready = enter(scheduler, "other")
        scheduler.offer(worker())
        assert has_turn(ready)
        assert not has_turn(slow)
        scheduler.offer(worker())
        assert has_turn(slow)
        token = slow.take()
        slow.begun_before = True
        scheduler.park(slow)
        scheduler.wait_again(slow)
        scheduler.offer(token)
        assert not slow.turn.done()
        assert scheduler.free == 3
        scheduler.make_ready(slow)
        assert has_turn(slow)

    test()


def test_the_last_idle_worker_is_kept_once_it_was_needed() -> None:
    @in_a_loop
    def test() -> None:
        scheduler = Scheduler(9, keep_one=True)
        scheduler.offer(worker())
        scheduler.offer(worker())
        first, second = (enter(scheduler, "slow", ready=False, may_park=True) for _ in range(2))
        assert has_turn(first)
        assert has_turn(second)
        token = first.take()
        first.begun_before = True
        scheduler.park(first)
        scheduler.wait_again(first)
        scheduler.offer(token)
        third = enter(scheduler, "slow", ready=False, may_park=True)
        assert not has_turn(third)
        assert has_turn(enter(scheduler, "other"))
        scheduler.leave(first)
        scheduler.offer(worker())
        assert has_turn(third)

    test()


def test_without_a_place_it_may_show_first_how_fast_it_sends() -> None:
    @in_a_loop
    def test() -> None:
        scheduler = Scheduler(1)
        first = enter(scheduler, "a")
        assert first.holds_place
        late = enter(scheduler, "a", ready=False, may_park=True)
        assert not late.holds_place
        with pytest.raises(NoPlace):
            scheduler.take_place(late)
        scheduler.leave(first)
        scheduler.take_place(late)
        assert scheduler.free == 0

    test()


def test_who_leaves_at_its_turn_leaves_the_worker_to_the_next() -> None:
    @in_a_loop
    def test() -> None:
        scheduler = Scheduler(4)
        first, second = (enter(scheduler, client) for client in "ab")
        scheduler.offer(token := worker())
        assert has_turn(first)
        scheduler.leave(first)
        assert second.take() is token
        scheduler.leave(second)
        assert not has_turn(enter(scheduler, "c"))

    test()


def test_dead_workers_are_passed_over() -> None:
    @in_a_loop
    def test() -> None:
        scheduler = Scheduler(4)
        scheduler.offer(cast(WorkerHandle, Token(alive=False)))
        ticket = enter(scheduler, "a")
        assert not ticket.turn.done()
        scheduler.offer(worker())
        assert has_turn(ticket)

    test()
