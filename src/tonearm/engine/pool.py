"""An engine that is a pool of workers, wherever they run: each one is replaced as soon as it dies."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Coroutine
from contextlib import aclosing
from time import monotonic
from typing import Any

from tonearm.config import Range
from tonearm.engine.answers import Answers
from tonearm.engine.contract import Load, Report, Room, no_report
from tonearm.engine.handle import Handle
from tonearm.engine.held_audio import Budget, HeldAudio
from tonearm.engine.held_events import held
from tonearm.engine.job_run import JobRun, Preempted
from tonearm.engine.partials import Partials
from tonearm.engine.scheduler import NoPlace, Scheduler, Ticket
from tonearm.errors import EngineFull, HostLost, WorkerLost
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.events import Event, failed, finished
from tonearm.protocol.job import Job

log = logging.getLogger(__name__)

_FIRST_GUESS_SECONDS = 2.0
_LONGEST_BACKOFF = 30.0
_PROMPT_BYTES, _PROMPT_SECONDS = 256 << 10, 2.0
"""An upload that brings so much, or all of itself, in this time is prompt. Another one takes no place from others."""
_LOOK_SECONDS = 0.25
"""How often a request that waits looks whether another one has stopped sending, and a pool whether it is to grow."""
_STARTING_AT_ONCE = 8
_IDLE_SECONDS = 60.0
"""How long there is a worker too many before it ends."""
_MOVES = 2
"""How often an analysis begins again because its machine was lost."""
_TOO_LONG_TO_KEEP = "The machine that analysed this audio was lost, and too much had arrived to begin again elsewhere."
_NO_MACHINE = "The machine that analysed this audio was lost, and no other one had room for it."


class Pool:
    """Workers that `spawn` starts, and up to `queue` requests that wait for one of them, at most `queue_seconds` each.

    `buffer_bytes` of audio are kept for requests that send slowly, so that their workers can serve others meanwhile,
    and for those whose machine may be lost, so that they can begin again.
    """

    def __init__(
        self,
        spawn: Callable[[], Awaitable[Handle]],
        size: Range,
        queue: int,
        stall_seconds: float,
        buffer_bytes: int = 0,
        queue_seconds: float = math.inf,
    ) -> None:
        self._spawn = spawn
        self._size = size
        self._queue = queue
        self._stall_seconds = stall_seconds
        self._queue_seconds = queue_seconds
        self._alive: set[Handle] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._retired: set[Handle] = set()
        self._scheduler = Scheduler(size.least + queue, keep_one=size.most > 1)
        self._budget = Budget(buffer_bytes)
        self._may_park = buffer_bytes > 0
        self._runs: set[JobRun] = set()
        self._settling = 0
        self._replaced = 0
        self._typical_seconds = _FIRST_GUESS_SECONDS
        self._tasks: set[asyncio.Task[None]] = set()
        self._catalog: Catalog | None = None

    async def start(self) -> None:
        try:
            # Each is waited for, so that where one fails, or nobody wants them any more, none is left half started.
            first = await asyncio.gather(*(self._first() for _ in range(self._size.least)), return_exceptions=True)
            for failed in first:
                if failed is not None:
                    raise failed
        except BaseException:
            await self.stop()
            raise
        for worker in self._alive:
            self._catalog = worker.catalog
            self._background(self._keep(worker))
        if self._size.most > self._size.least:
            self._background(self._follow_load())

    async def stop(self) -> None:
        for task in (*self._tasks, *self._starting):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._starting, return_exceptions=True)
        for worker in self._alive:
            worker.kill()
        await asyncio.gather(*(worker.exited() for worker in self._alive))

    @property
    def catalog(self) -> Catalog:
        assert self._catalog is not None, "the engine has not been started"
        return self._catalog

    @property
    def ready(self) -> bool:
        return any(worker.alive for worker in self._alive)

    def room(self, client: str | None = None) -> Room:
        free = max(0, self._scheduler.free)
        if client is not None and not free:
            free = int(self._scheduler.would_take(client, self._may_park))
        ahead = self._scheduler.waiting + 1
        return Room(free, max(1.0, self._typical_seconds * ahead / max(1, len(self._alive))))

    def load(self) -> Load:
        return Load(
            alive=sum(worker.alive for worker in self._alive),
            busy=self._scheduler.running + self._settling,
            waiting=self._scheduler.waiting,
            replaced=self._replaced,
        )

    async def analyze(
        self, audio: AsyncIterable[bytes], job: Job, report: Report = no_report, client: str = ""
    ) -> AsyncGenerator[Event, None]:
        ticket = self._enter(client)
        partials = Partials()
        whole = self._whole(audio, job, report, ticket, partials)
        try:
            async with aclosing(held(whole, self._budget, partials.taken)) as events:
                async for event in events:
                    yield event
        finally:
            # Whoever is cancelled before it began has not left yet.
            self._scheduler.leave(ticket)

    async def _whole(
        self, audio: AsyncIterable[bytes], job: Job, report: Report, ticket: Ticket, partials: Partials
    ) -> AsyncGenerator[Event, None]:
        try:
            async with (
                HeldAudio(audio, self._budget) as kept,
                aclosing(self._analyze(kept, job, report, ticket, partials)) as run,
            ):
                async for event in run:
                    yield event
        finally:
            self._scheduler.leave(ticket)

    async def _analyze(
        self, held: HeldAudio, job: Job, report: Report, ticket: Ticket, partials: Partials
    ) -> AsyncGenerator[Event, None]:
        answers = Answers(job)
        try:
            async with aclosing(self._runs_of(held, job, report, ticket, partials, answers)) as runs:
                async for event in runs:
                    if (new := answers.new(event)) is not None:
                        yield new
        except WorkerLost as lost:
            if not answers.begun:
                raise
            yield failed(str(lost))
            yield finished(len(job.tasks))

    async def _runs_of(
        self, held: HeldAudio, job: Job, report: Report, ticket: Ticket, partials: Partials, answers: Answers
    ) -> AsyncGenerator[Event, None]:
        """The events of each run of a job, one after the other, until one comes to its end."""
        # As many as there are may have died unnoticed; a job that still none takes is what they die of.
        others = max(1, len(self._alive))
        moves = _MOVES
        while True:
            try:
                worker = await self._turn(ticket, held, job.caps.max_seconds)
            except EngineFull as full:
                if answers.begun and moves < _MOVES:
                    raise HostLost(_NO_MACHINE) from full
                raise
            rest = answers.rest_of(partials.rest_of(job))
            run = JobRun(worker, rest, held, self._stall_seconds, report, partials.told)
            partials.run = run
            self._runs.add(run)
            begun = monotonic()
            try:
                async with aclosing(run.events()) as events:
                    async for event in events:
                        yield event
                self._typical_seconds += 0.2 * (monotonic() - begun - self._typical_seconds)
                return
            except Preempted:
                ticket.begun_before = True
                self._scheduler.park(ticket)
            except WorkerLost as lost:
                log.warning("%s was lost: %s", worker.name, lost)
                worker.kill()
                if not run.accepted and others:
                    # It had died before this request came to it, and nothing of the audio is lost: take another one.
                    others -= 1
                elif not run.accepted or not isinstance(lost, HostLost) or not moves:
                    raise
                elif not held.replayable:
                    raise HostLost(_TOO_LONG_TO_KEEP) from lost
                else:
                    moves -= 1
                    answers.broken_off(run.transcript)
            finally:
                self._runs.discard(run)
                if worker.alive:
                    self._background(self._settle(worker, run))
            self._scheduler.wait_again(ticket)

    def _full(self) -> EngineFull:
        return EngineFull(self.room().retry_after)

    def _enter(self, client: str) -> Ticket:
        try:
            return self._scheduler.enter(client, self._may_park)
        except NoPlace as error:
            raise self._full() from error

    async def _turn(self, ticket: Ticket, held: HeldAudio, max_seconds: float) -> Handle:
        """A worker, when it is this request's turn. Raises EngineFull, and what the source of the audio raises."""
        waited = 0.0
        before = monotonic()
        while not ticket.turn.done():
            if held.failed.done():
                held.failed.result()
            self._classify(ticket, held, max_seconds)
            if ticket.turn.done():
                break
            if ticket.ready:
                self._take_from_who_starves()
                waited += monotonic() - before
                if waited > self._queue_seconds:
                    raise self._full()
            before = monotonic()
            changed = asyncio.create_task(held.changed())
            either: set[asyncio.Future[Any]] = {ticket.turn, changed}
            try:
                await asyncio.wait(either, timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            finally:
                changed.cancel()
        try:
            return ticket.take()
        except NoPlace as error:
            raise self._full() from error

    def _classify(self, ticket: Ticket, held: HeldAudio, max_seconds: float) -> None:
        """Whether it sends fast enough to hold a place, and whether a worker could work on it without a pause."""
        prompt = not self._may_park or held.complete or held.received >= _PROMPT_BYTES
        if not ticket.begun_before:
            if prompt and (held.age < _PROMPT_SECONDS or not self._may_park):
                try:
                    self._scheduler.take_place(ticket)
                except NoPlace as error:
                    if self._take_from_who_starves():
                        return
                    raise self._full() from error
            elif held.age >= _PROMPT_SECONDS:
                self._scheduler.park(ticket)
        # Radio never ends: when it has lasted as long as audio may, the rest of it is not needed.
        if not ticket.ready and (held.complete or held.full or held.age > max_seconds):
            self._scheduler.make_ready(ticket)

    def _take_from_who_starves(self) -> bool:
        """Whether a worker will be free soon, and a place with it."""
        run = next((run for run in self._runs if run.preemptible), None)
        if run is not None:
            run.preempt()
        return run is not None

    async def _settle(self, worker: Handle, run: JobRun) -> None:
        self._settling += 1
        try:
            await run.settle()
        finally:
            self._settling -= 1
            if worker.alive:
                self._scheduler.offer(worker)

    async def _keep(self, worker: Handle) -> None:
        """Keep one place of the pool filled: offer the worker, and when it has died, the next one."""
        while True:
            self._joined(worker)
            how = await worker.exited()
            self._alive.discard(worker)
            self._count_places()
            if worker in self._retired:
                self._retired.discard(worker)
                return
            log.warning("%s %s; replacing it", worker.name, how)
            worker = await self._respawn()
            self._replaced += 1

    def _joined(self, worker: Handle) -> None:
        self._alive.add(worker)
        self._count_places()
        self._scheduler.offer(worker)

    def _count_places(self) -> None:
        """More workers than the least have places of their own; the least have them also while they are replaced."""
        self._scheduler.places = max(self._size.least, len(self._alive)) + self._queue

    async def _first(self) -> None:
        self._alive.add(await self._spawn())

    async def _respawn(self) -> Handle:
        backoff = 0.5
        while True:
            try:
                return await self._spawn()
            except WorkerLost as error:
                log.error("a worker could not be started, retrying in %g s: %s", backoff, error)
            await asyncio.sleep(backoff)
            backoff = min(2 * backoff, _LONGEST_BACKOFF)

    async def _follow_load(self) -> None:
        """Start workers while requests wait, and one to spare; end them when they have had nothing to do for a while.

        One that is not ready yet gives no request a place: there may be no machine for it.
        """
        needed = monotonic()
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            wanted = min(self._size.most, self._scheduler.running + self._scheduler.waiting + 1)
            if wanted >= len(self._alive):
                needed = monotonic()
            missing = wanted - len(self._alive) - len(self._starting)
            for _ in range(min(missing, _STARTING_AT_ONCE - len(self._starting))):
                starting = asyncio.create_task(self._start_another())
                self._starting.add(starting)
                starting.add_done_callback(self._starting.discard)
            if missing < 0 and self._starting:
                next(iter(self._starting)).cancel()
            elif monotonic() - needed > _IDLE_SECONDS and len(self._alive) > self._size.least:
                needed = monotonic()
                self._retire()

    async def _start_another(self) -> None:
        self._background(self._keep(await self._respawn()))

    def _retire(self) -> None:
        if (worker := self._scheduler.retire()) is not None:
            self._retired.add(worker)
            worker.kill()

    def _background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
