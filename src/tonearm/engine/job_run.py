"""One job on one worker: the audio goes in and the events come out, both as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from time import monotonic

from pydantic import ValidationError

from tonearm.engine.contract import Report
from tonearm.engine.wire import Kind, unpack_event
from tonearm.engine.worker_handle import DIED, GRACE_SECONDS, WorkerHandle
from tonearm.errors import AudioError, WorkerLost
from tonearm.protocol.cost import Cost
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job


class JobRun:
    """Iterate over `events` once, then `settle` whatever has become of it."""

    def __init__(self, worker: WorkerHandle, job: Job, stall_seconds: float, report: Report) -> None:
        self.accepted = False
        """Whether the worker has taken the job; before that nothing of the audio has been read."""
        self._worker = worker
        self._job = job
        self._stall_seconds = stall_seconds
        self._report = report
        self._audio_open = False
        """Whether the worker waits for more audio, or for its end."""
        self._done = True
        self._busy_since: float | None = None

    async def events(self, audio: AsyncIterable[bytes]) -> AsyncGenerator[Event, None]:
        """Raises AudioError if the worker refuses the bytes, WorkerLost if it dies or neither reads nor answers for
        `stall_seconds`, and whatever `audio` raises. What the analysis cost is reported when the worker is done with
        it, which may be while it settles.
        """
        self._audio_open, self._done = True, False
        await self._hand_over()
        feeding = asyncio.create_task(self._feed(audio))
        listening = asyncio.create_task(self._worker.receive())
        try:
            while True:
                await self._watch(feeding, listening)
                try:
                    kind, payload = await listening
                except WorkerLost as lost:
                    raise WorkerLost(await self._worker.cause_of_death()) from lost
                if kind is Kind.DONE:
                    self._end(payload)
                    return
                self._heard()
                if kind is Kind.REFUSED:
                    raise AudioError(payload.decode())
                listening = asyncio.create_task(self._worker.receive())
                if kind is Kind.EVENT:
                    yield unpack_event(payload)
        finally:
            for task in (feeding, listening):
                task.cancel()
            await asyncio.gather(feeding, listening, return_exceptions=True)

    async def settle(self) -> None:
        """Make the worker fit for the next job: cancel what is still going on, and kill it if it does not come back."""
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                if self._audio_open:
                    self._audio_open = False
                    await self._worker.send(Kind.CANCEL)
                while not self._done:
                    kind, payload = await self._worker.receive()
                    if kind is Kind.DONE:
                        self._end(payload)
        except (TimeoutError, WorkerLost):
            self._worker.kill()

    async def _hand_over(self) -> None:
        try:
            async with asyncio.timeout(self._stall_seconds):
                await self._worker.send(Kind.JOB, self._job.model_dump_json().encode())
                kind, _ = await self._worker.receive()
        except TimeoutError as error:
            raise WorkerLost(DIED) from error
        self.accepted = kind is Kind.ACCEPTED

    async def _feed(self, audio: AsyncIterable[bytes]) -> None:
        async for chunk in audio:
            self._busy_since = monotonic()
            await self._worker.send(Kind.AUDIO, chunk)
            self._busy_since = None
        self._audio_open = False
        self._busy_since = monotonic()
        await self._worker.send(Kind.END)

    def _end(self, payload: bytes) -> None:
        try:
            cost = Cost.model_validate_json(payload)
        except ValidationError as error:
            raise WorkerLost(DIED) from error
        self._done = True
        self._report(cost)

    def _heard(self) -> None:
        """It has said something, so it does not hang."""
        if self._busy_since is not None:
            self._busy_since = monotonic()

    async def _watch(self, feeding: asyncio.Task[None], listening: asyncio.Task[tuple[Kind, bytes]]) -> None:
        """Return when a frame is there. Raises what the feeding raised, and WorkerLost for a worker that hangs."""
        while not listening.done():
            tasks = {task for task in (feeding, listening) if not task.done()}
            await asyncio.wait(tasks, timeout=self._stall_seconds / 4, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                return
            if feeding.done():
                feeding.result()
            if self._busy_since is not None and monotonic() - self._busy_since > self._stall_seconds:
                self._worker.kill()
                raise WorkerLost(f"The analysis made no progress for {self._stall_seconds:g} seconds and was stopped.")
