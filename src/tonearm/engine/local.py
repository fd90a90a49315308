"""The default engine: a pool of spawned processes on this machine, each one replaced as soon as it dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterable, Coroutine
from contextlib import aclosing
from time import monotonic

from tonearm.engine.contract import Load, Report, Room, no_report
from tonearm.engine.job_run import JobRun
from tonearm.engine.worker_handle import WorkerHandle
from tonearm.errors import EngineFull, WorkerLost
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.events import Event, failed, finished
from tonearm.protocol.job import Job

log = logging.getLogger(__name__)

_FIRST_GUESS_SECONDS = 2.0
_LONGEST_BACKOFF = 30.0


class LocalEngine:
    """`workers` processes, and up to `queue` requests that wait for one of them.

    They warm up for `models`, written as in a request, where only those will be asked for; else for every model.
    """

    def __init__(
        self, workers: int, queue: int, stall_seconds: float, log_level: str, models: str | None = None
    ) -> None:
        self._size = workers
        self._queue = queue
        self._stall_seconds = stall_seconds
        self._log_level = log_level
        self._models = models
        self._alive: set[WorkerHandle] = set()
        self._idle: asyncio.Queue[WorkerHandle] = asyncio.Queue()
        self._waiting = 0
        self._busy = 0
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

    def room(self) -> Room:
        free = max(0, self._size + self._queue - self._busy - self._waiting)
        ahead = self._waiting + 1
        return Room(free, max(1.0, self._typical_seconds * ahead / self._size))

    def load(self) -> Load:
        alive = sum(worker.alive for worker in self._alive)
        return Load(alive=alive, busy=self._busy, waiting=self._waiting, replaced=self._replaced)

    async def analyze(
        self, audio: AsyncIterable[bytes], job: Job, report: Report = no_report
    ) -> AsyncGenerator[Event, None]:
        # As many as there are may have died unnoticed; a job that still none takes is what they die of.
        others = self._size
        while True:
            worker = await self._acquire()
            run = JobRun(worker, job, self._stall_seconds, report)
            begun = monotonic()
            streaming = False
            try:
                async with aclosing(run.events(audio)) as events:
                    async for event in events:
                        streaming = True
                        yield event
                self._typical_seconds += 0.2 * (monotonic() - begun - self._typical_seconds)
                return
            except WorkerLost as lost:
                log.warning("worker[%d] was lost: %s", worker.pid, lost)
                worker.kill()
                if streaming:
                    yield failed(str(lost))
                    yield finished(len(job.tasks))
                    return
                if run.accepted or not others:
                    raise
                # It had died before this request came to it, and nothing of the audio is lost: take another one.
                others -= 1
            finally:
                self._give_back(worker, run)

    async def _acquire(self) -> WorkerHandle:
        room = self.room()
        if not room.free:
            raise EngineFull(room.retry_after)
        self._waiting += 1
        try:
            while not (worker := await self._idle.get()).alive:
                pass
        finally:
            self._waiting -= 1
        self._busy += 1
        return worker

    def _give_back(self, worker: WorkerHandle, run: JobRun) -> None:
        """Free its place: a dead one's at once, so that a retry finds room, a living one's when it has settled."""
        if worker.alive:
            self._background(self._settle(worker, run))
        else:
            self._busy -= 1

    async def _settle(self, worker: WorkerHandle, run: JobRun) -> None:
        try:
            await run.settle()
        finally:
            self._busy -= 1
            if worker.alive:
                self._idle.put_nowait(worker)

    async def _keep(self, worker: WorkerHandle) -> None:
        """Keep one place of the pool filled: offer the worker, and when it has died, the next one."""
        while True:
            self._alive.add(worker)
            self._idle.put_nowait(worker)
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
            except (WorkerLost, OSError):
                log.exception("a worker could not be started; retrying in %g s", backoff)
            await asyncio.sleep(backoff)
            backoff = min(2 * backoff, _LONGEST_BACKOFF)

    def _background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
