"""The default engine: a pool of spawned processes on this machine, each one replaced as soon as it dies."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, AsyncIterable, Coroutine
from contextlib import aclosing
from time import monotonic
from typing import Any

from tonearm.engine.contract import Load, Report, Room, no_report
from tonearm.engine.held_audio import Budget, HeldAudio
from tonearm.engine.held_events import held
from tonearm.engine.job_run import JobRun, Preempted
from tonearm.engine.partials import Partials
from tonearm.engine.scheduler import NoPlace, Scheduler, Ticket
from tonearm.engine.worker_handle import WorkerHandle
from tonearm.errors import EngineFull, WorkerLost
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.events import Event, failed, finished
from tonearm.protocol.job import Job

log = logging.getLogger(__name__)

_FIRST_GUESS_SECONDS = 2.0
_LONGEST_BACKOFF = 30.0
_PROMPT_BYTES, _PROMPT_SECONDS = 256 << 10, 2.0
"""An upload that brings so much, or all of itself, in this time is prompt. Another one takes no place from others."""
_LOOK_SECONDS = 0.25
"""How often a request that waits looks whether another one has stopped sending."""


class LocalEngine:
    """`workers` processes, and up to `queue` requests that wait for one of them, at most `queue_seconds` each.

    `buffer_bytes` of audio are kept for requests that send slowly, so that their workers can serve others meanwhile.
    The workers warm up for `models`, written as in a request, if only those will be requested; else for every model.
    """

    def __init__(
        self,
        workers: int,
        queue: int,
        stall_seconds: float,
        log_level: str,
        models: str | None = None,
        buffer_bytes: int = 0,
        queue_seconds: float = math.inf,
    ) -> None:
        self._size = workers
        self._stall_seconds = stall_seconds
        self._queue_seconds = queue_seconds
        self._log_level = log_level
        self._models = models
        self._alive: set[WorkerHandle] = set()
        self._scheduler = Scheduler(workers + queue, keep_one=workers > 1)
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
            for failed in await asyncio.gather(*(self._spawn() for _ in range(self._size)), return_exceptions=True):
                if failed is not None:
                    raise failed
        except BaseException:
            await self.stop()
            raise
        for worker in self._alive:
            self._catalog = worker.catalog
            self._background(self._keep(worker))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
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
        return Room(free, max(1.0, self._typical_seconds * ahead / self._size))

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
        # As many as there are may have died unnoticed; a job that still none takes is what they die of.
        others = self._size
        streaming = False
        while True:
            worker = await self._turn(ticket, held, job.caps.max_seconds)
            run = JobRun(worker, partials.rest_of(job), held, self._stall_seconds, report, partials.told)
            partials.run = run
            self._runs.add(run)
            begun = monotonic()
            try:
                async with aclosing(run.events()) as events:
                    async for event in events:
                        if streaming and event.status == "started":
                            continue
                        streaming = True
                        yield event
                self._typical_seconds += 0.2 * (monotonic() - begun - self._typical_seconds)
                return
            except Preempted:
                ticket.begun_before = True
                self._scheduler.park(ticket)
            except WorkerLost as lost:
                log.warning("worker[%d] was lost: %s", worker.pid, lost)
                worker.kill()
                if run.accepted or not others:
                    if not streaming:
                        raise
                    yield failed(str(lost))
                    yield finished(len(job.tasks))
                    return
                # It had died before this request came to it, and nothing of the audio is lost: take another one.
                others -= 1
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

    async def _turn(self, ticket: Ticket, held: HeldAudio, max_seconds: float) -> WorkerHandle:
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

    async def _settle(self, worker: WorkerHandle, run: JobRun) -> None:
        self._settling += 1
        try:
            await run.settle()
        finally:
            self._settling -= 1
            if worker.alive:
                self._scheduler.offer(worker)

    async def _keep(self, worker: WorkerHandle) -> None:
        """Keep one place of the pool filled: offer the worker, and when it has died, the next one."""
        while True:
            self._alive.add(worker)
            self._scheduler.offer(worker)
            code = await worker.exited()
            self._alive.discard(worker)
            log.warning("worker[%d] exited with code %d; replacing it", worker.pid, code)
            worker = await self._respawn()
            self._replaced += 1

    async def _spawn(self) -> None:
        self._alive.add(await WorkerHandle.spawn(self._log_level, self._models))

    async def _respawn(self) -> WorkerHandle:
        backoff = 0.5
        while True:
            try:
                return await WorkerHandle.spawn(self._log_level, self._models)
            except WorkerLost as error:
                log.error("a worker could not be started, retrying in %g s: %s", backoff, error)
            await asyncio.sleep(backoff)
            backoff = min(2 * backoff, _LONGEST_BACKOFF)

    def _background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
