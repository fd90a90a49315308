"""Whose turn it is: idle workers go to waiting requests, shared out fairly among clients.

A request holds one of `places`, running or waiting, unless it is parked: its audio arrives so slowly that it takes a
worker only when nobody else wants one. When all places are taken, a client that holds fewer than another gets one of
the other's, from the request that came last and waits still.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import count

from tonearm.engine.handle import Handle

_MOST_PARKED = 512


class NoPlace(Exception):
    """All places are taken."""


class Ticket:
    """One request, from the moment it asks for a worker until it has ended."""

    def __init__(self, client: str, number: int) -> None:
        self.client = client
        self.number = number
        self.holds_place = False
        self.ready = False
        """Whether all of its audio is there, or no more is kept or needed before it gets a worker."""
        self.begun_before = False
        """Whether it has already left a worker for others: it comes back when it is ready."""
        self.turn: asyncio.Future[Handle] = asyncio.get_running_loop().create_future()
        self.running = False

    def take(self) -> Handle:
        """The worker of its turn, which whoever takes it has to offer again. Raises NoPlace."""
        worker = self.turn.result()
        self.turn = asyncio.get_running_loop().create_future()
        return worker


class Scheduler:
    """With `keep_one`, the last idle worker is kept for requests whose audio does not arrive slowly, as long as there
    are some that had to leave a worker for such a request.
    """

    def __init__(self, places: int, keep_one: bool = False) -> None:
        self.places = places
        self._keep_one = keep_one
        self._tickets: dict[Ticket, None] = {}
        self._idle: list[Handle] = []
        self._numbers = count()
        self._turns = count(1)
        self._last_turn: dict[str, int] = {}

    @property
    def free(self) -> int:
        """Places that nobody holds."""
        return self.places - sum(ticket.holds_place for ticket in self._tickets)

    @property
    def running(self) -> int:
        return sum(ticket.running for ticket in self._tickets)

    @property
    def waiting(self) -> int:
        """Requests that hold a place and wait for a worker."""
        return sum(ticket.holds_place and not ticket.running for ticket in self._tickets)

    def would_take(self, client: str, may_park: bool) -> bool:
        """Whether `enter` would raise nothing."""
        if self.free or (may_park and self._parked < _MOST_PARKED):
            return True
        return self._to_evict_for(client) is not None

    def enter(self, client: str, may_park: bool) -> Ticket:
        """If it may be parked, it takes a place only when it has shown that it sends fast, or has got a worker.

        Raises NoPlace if there is none for this client.
        """
        ticket = Ticket(client, next(self._numbers))
        if not may_park:
            self.take_place(ticket)
        elif self._parked >= _MOST_PARKED:
            raise NoPlace
        self._tickets[ticket] = None
        self._assign()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """It has ended; it may have left before."""
        if ticket not in self._tickets:
            return
        del self._tickets[ticket]
        if all(other.client != ticket.client for other in self._tickets):
            self._last_turn.pop(ticket.client, None)
        if not ticket.turn.cancel() and ticket.turn.exception() is None:
            self.offer(ticket.turn.result())

    def take_place(self, ticket: Ticket) -> None:
        """Raises NoPlace."""
        if ticket.holds_place:
            return
        if not self.free:
            last = self._to_evict_for(ticket.client)
            if last is None:
                raise NoPlace
            last.holds_place = False
            last.turn.set_exception(NoPlace())
        ticket.holds_place = True
        self._assign()

    def park(self, ticket: Ticket) -> None:
        ticket.holds_place = False

    def make_ready(self, ticket: Ticket) -> None:
        ticket.ready = True
        self._assign()

    def wait_again(self, ticket: Ticket) -> None:
        """It has left its worker, and has not ended."""
        ticket.running = False
        self._assign()

    def offer(self, worker: Handle) -> None:
        """It is idle now."""
        self._idle.append(worker)
        self._assign()

    def retire(self) -> Handle | None:
        """The worker that has been idle longest, which is offered no more; None if none is."""
        return self._idle.pop(0) if self._idle else None

    @property
    def _keeps_one(self) -> bool:
        return self._keep_one and any(ticket.begun_before for ticket in self._tickets)

    @property
    def _parked(self) -> int:
        return sum(not ticket.holds_place for ticket in self._tickets)

    def _to_evict_for(self, client: str) -> Ticket | None:
        held = Counter(ticket.client for ticket in self._tickets if ticket.holds_place)
        waiting = [
            ticket
            for ticket in self._tickets
            if ticket.holds_place and not ticket.running and not ticket.turn.done()
            if held[ticket.client] > held[client] + 1
        ]
        return max(waiting, key=lambda ticket: (held[ticket.client], ticket.number), default=None)

    def _assign(self) -> None:
        while self._idle:
            ticket = self._next()
            if ticket is None:
                return
            worker = self._idle.pop()
            if worker.alive:
                ticket.running = True
                ticket.holds_place = True
                self._last_turn[ticket.client] = next(self._turns)
                ticket.turn.set_result(worker)

    def _next(self) -> Ticket | None:
        waiting = [ticket for ticket in self._tickets if not ticket.running and not ticket.turn.done()]
        new = [ticket for ticket in waiting if not ticket.begun_before]
        candidates = [ticket for ticket in waiting if ticket.ready] or [ticket for ticket in new if ticket.holds_place]
        if not candidates and (len(self._idle) > 1 or not self._keeps_one):
            candidates = new
        running = Counter(ticket.client for ticket in self._tickets if ticket.running)
        return min(
            candidates,
            key=lambda ticket: (running[ticket.client], self._last_turn.get(ticket.client, 0), ticket.number),
            default=None,
        )
