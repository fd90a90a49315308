"""One job on one worker: the audio goes in and the events come out, both as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from itertools import count
from time import monotonic

from pydantic import ValidationError

from tonearm.engine.contract import Report, no_report
from tonearm.engine.handle import DIED, GRACE_SECONDS, Handle
from tonearm.engine.held_audio import HeldAudio
from tonearm.engine.transcript import Transcript
from tonearm.engine.wire import Kind, unpack_event, unpack_partials, unpack_refusal
from tonearm.errors import EndlessHead, HostLost, WorkerLost
from tonearm.protocol.cost import Cost
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job

_STARVING_SECONDS, _STARVING_SHARE = 0.25, 0.8
"""A worker that has waited so long for its client is better used by another one."""
_WORKING = 0.1
"""The share of a core that a process takes if it works and does not hang."""
_SILENT = 2.0
"""How often a worker may compute for as long as a model may, and say nothing."""
_BEGIN_CPU_SECONDS = 5.0
"""CPU time until the bytes are known to be audio. What needs longer is a list of tags without end, or its like."""
_BEGIN_LOOK_SECONDS = 0.5
_numbers = count(1)


class Preempted(Exception):
    """The worker was given to another request; the job can begin again."""


class JobRun:
    """Iterate over `events` once, then `settle` whatever has become of it."""

    def __init__(
        self,
        worker: Handle,
        job: Job,
        audio: HeldAudio,
        stall_seconds: float,
        report: Report,
        tell: Callable[[Sequence[Event]], None],
    ) -> None:
        """`tell` is called with the partial results of each round before `events` yields the first of them."""
        self.accepted = False
        """Whether the worker has taken the job; before that nothing of the audio has been read."""
        self._worker = worker
        self._job = job
        self._number = next(_numbers) & 0xFFFFFFFF
        self._audio = audio
        self._stall_seconds = stall_seconds
        self._report = report
        self._tell = tell
        self.transcript = Transcript(job)
        self._audio_open = False
        """Whether the worker waits for more audio, or for its end."""
        self._done = True
        self._started = False
        self._cpu_before: float | None = None
        self._answered = False
        """Whether a model has answered, so that the job cannot begin again."""
        self._begun = monotonic()
        self._starved = 0.0
        """Seconds that the worker has waited for audio, up to the last chunk."""
        self._starving_since: float | None = None
        self._busy_since: float | None = None
        self._busy_cpu: float | None = None
        self._said_cpu: float | None = None
        """What it had used when it last said something, or got something to do."""
        self._told = False
        """Whether the worker waits until its last partial results have been taken."""
        self._preempted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def preemptible(self) -> bool:
        """Whether the worker waits for its client, and nothing is lost if it does something else."""
        return self._starves and self._audio.replayable and not self._answered and not self._preempted.done()

    @property
    def _starves(self) -> bool:
        """Whether it waits now, and has waited for nearly all of its time, however small the pieces are that come."""
        if self._starving_since is None:
            return False
        now = monotonic()
        starved = self._starved + now - self._starving_since
        return starved > max(_STARVING_SECONDS, _STARVING_SHARE * (now - self._begun))

    def preempt(self) -> None:
        """Let `events` raise Preempted."""
        # It will be reported by the run that comes to the end.
        self._report = no_report
        self._preempted.set_result(None)

    async def events(self) -> AsyncGenerator[Event, None]:
        """Raises AudioError if the worker refuses the bytes, WorkerLost if it dies, breaks the protocol, or neither
        reads nor works for `stall_seconds`, HostLost, Preempted, and what the source of the audio raises as soon as it
        does. What the analysis cost is reported when the worker is done with it, which may be while it settles.
        """
        self._audio_open, self._done = True, False
        await self._hand_over()
        feeding = asyncio.create_task(self._feed())
        listening = asyncio.create_task(self._worker.receive(self._number))
        try:
            while True:
                await self._watch(feeding, listening)
                try:
                    kind, payload = await listening
                except HostLost:
                    raise
                except WorkerLost as lost:
                    raise WorkerLost(await self._worker.cause_of_death()) from lost
                if kind is Kind.DONE:
                    if not self.transcript.ended:
                        raise self._worker.distrust(ValueError("DONE before the last event"))
                    self._end(payload)
                    return
                self._heard()
                if kind is Kind.ACCEPTED:
                    raise self._worker.distrust(ValueError("ACCEPTED twice"))
                if kind is Kind.REFUSED:
                    raise unpack_refusal(payload)
                found: list[Event] = []
                if kind is Kind.EVENT:
                    found = [self._event(payload)]
                    self._started = True
                    self._answered |= found[0].status != "started"
                elif kind is Kind.PARTIALS:
                    found = self._partials(payload)
                listening = asyncio.create_task(self._worker.receive(self._number))
                for event in found:
                    yield event
        finally:
            for task in (feeding, listening):
                task.cancel()
            await asyncio.gather(feeding, listening, return_exceptions=True)

    def taken(self) -> None:
        """The client has got all partial results: the worker may make the next ones."""
        if self._told and not self._done:
            self._told = False
            self._worker.say(Kind.TAKEN, self._number)

    async def settle(self) -> None:
        """Make the worker fit for the next job: cancel what is still going on, and kill it if it does not come back."""
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                if self._audio_open:
                    self._audio_open = False
                    await self._worker.send(Kind.CANCEL, self._number)
                while not self._done:
                    kind, payload = await self._worker.receive(self._number)
                    if kind is Kind.DONE:
                        self._end(payload)
        except (TimeoutError, WorkerLost):
            self._worker.kill()

    async def _hand_over(self) -> None:
        try:
            async with asyncio.timeout(self._stall_seconds):
                await self._worker.send(Kind.JOB, self._number, self._job.model_dump_json().encode())
                kind, _ = await self._worker.receive(self._number)
        except TimeoutError as error:
            raise WorkerLost(DIED) from error
        if kind is not Kind.ACCEPTED:
            raise self._worker.distrust(ValueError(f"{kind.name} instead of ACCEPTED"))
        self.accepted = True
        self._cpu_before = self._worker.cpu_seconds()

    async def _feed(self) -> None:
        async with aclosing(self._audio.chunks()) as chunks:
            self._starving_since = monotonic()
            async for chunk in chunks:
                self._starved += monotonic() - self._starving_since
                self._starving_since = None
                self._work()
                await self._worker.send(Kind.AUDIO, self._number, chunk)
                self._busy_since = None
                self._starving_since = monotonic()
        self._starving_since = None
        self._audio_open = False
        self._work()
        await self._worker.send(Kind.END, self._number)

    def _partials(self, payload: bytes) -> list[Event]:
        try:
            if self._told:
                raise ValueError("partial results before the last ones were taken")
            events = unpack_partials(payload)
            for event in events:
                self.transcript.check(event)
        except ValueError as error:
            raise self._worker.distrust(error) from error
        self._told = True
        self._tell(events)
        return events

    def _event(self, payload: bytes) -> Event:
        try:
            event = unpack_event(payload)
            if event.status == "partial":
                raise ValueError("a partial result alone")
            self.transcript.check(event)
        except ValueError as error:
            raise self._worker.distrust(error) from error
        return event

    def _end(self, payload: bytes) -> None:
        try:
            cost = Cost.model_validate_json(payload)
        except ValidationError as error:
            raise self._worker.distrust(ValueError("a cost that is none")) from error
        self._done = True
        self._report(cost)

    def _work(self) -> None:
        """From now on it has something to do."""
        self._busy_since = monotonic()
        self._busy_cpu = self._said_cpu = self._worker.cpu_seconds()

    def _heard(self) -> None:
        """It has said something, so it does not hang."""
        if self._busy_since is not None:
            self._work()

    async def _watch(self, feeding: asyncio.Task[None], listening: asyncio.Task[tuple[Kind, bytes]]) -> None:
        """Return when a frame is there. Raises what has happened before: a failed source, Preempted, or WorkerLost for
        a worker that hangs.
        """
        while not listening.done():
            # Before the waiting: what is done already would wake nobody.
            if feeding.done() and not self._audio.failed.done():
                feeding.result()
            if self._audio.failed.done():
                await self._let_begin(listening)
                if listening.done():
                    return
                self._audio.failed.result()
            if self._preempted.done():
                raise Preempted
            if self._hangs():
                self._worker.kill()
                raise WorkerLost(f"The analysis made no progress for {self._stall_seconds:g} seconds and was stopped.")
            if self._begins_for_ever():
                self._worker.kill()
                raise EndlessHead
            waited = {task for task in (feeding, listening, self._audio.failed, self._preempted) if not task.done()}
            look = self._stall_seconds / 4 if self._started else min(_BEGIN_LOOK_SECONDS, self._stall_seconds / 4)
            await asyncio.wait(waited, timeout=look, return_when=asyncio.FIRST_COMPLETED)

    def _begins_for_ever(self) -> bool:
        """FFmpeg searches its list of tags for each new one, in one call that nothing else ends."""
        if self._started or self._cpu_before is None:
            return False
        now = self._worker.cpu_seconds()
        return now is not None and now - self._cpu_before > _BEGIN_CPU_SECONDS

    async def _let_begin(self, listening: asyncio.Task[tuple[Kind, bytes]]) -> None:
        """The audio that there was may be enough for `started`, so that its failure is an event of the stream."""
        if not self._started:
            await asyncio.wait({listening}, timeout=GRACE_SECONDS)

    def _hangs(self) -> bool:
        if self._busy_since is None or monotonic() - self._busy_since <= self._stall_seconds:
            return False
        now = self._worker.cpu_seconds()
        if now is None or self._busy_cpu is None:
            return True
        if now - self._busy_cpu <= _WORKING * self._stall_seconds:
            return True
        # One long computation says nothing if it holds the interpreter, and then nothing in the worker can stop it.
        if self._said_cpu is not None and now - self._said_cpu > _SILENT * self._job.caps.model_seconds:
            return True
        self._busy_since, self._busy_cpu = monotonic(), now
        return False
