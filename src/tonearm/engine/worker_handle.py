"""One worker process, seen from the engine: it is fed, listened to, and ended."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import suppress
from time import monotonic

from pydantic import ValidationError

from tonearm.engine.contract import Report, no_report
from tonearm.engine.wire import HEADER, Kind, pack, unpack_header
from tonearm.errors import AudioError, WorkerLost
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.cost import Cost
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job

log = logging.getLogger(__name__)

_GRACE = 0.5
"""Seconds that a cancelled worker has to come back before it is killed."""


class Worker:
    """A running worker. Make it with `spawn`; run one job at a time, then `settle` it."""

    def __init__(self, process: asyncio.subprocess.Process, catalog: Catalog) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.catalog = catalog
        self._process = process
        self._in = process.stdin
        self._out = process.stdout
        self._sending = False
        self._listening = False
        self._report: Report = no_report
        self._busy_since: float | None = None
        self._killed = False
        self.accepted = False
        """Whether it has taken the job under way; before that nothing of the audio has been read."""

    @classmethod
    async def spawn(cls, log_level: str, models: str | None = None) -> Worker:
        """Start a process and return when it is warm for these models, or for all.

        Raises WorkerLost where it dies before.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tonearm.engine.worker",
            *([models] if models else []),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=_environment(log_level),
            # Ctrl-C reaches the whole group of a terminal, and a worker that is still starting does not ignore it.
            start_new_session=True,
        )
        assert process.stdout is not None
        try:
            kind, payload = await _receive(process.stdout)
            if kind is not Kind.READY:
                raise WorkerLost(f"A worker said {kind.name} instead of READY.")
        except BaseException:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        return cls(process, Catalog.model_validate_json(payload))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.returncode is None and not self._killed

    async def exited(self) -> int:
        return await self._process.wait()

    def kill(self) -> None:
        self._killed = True
        with suppress(ProcessLookupError):
            self._process.kill()

    async def run(
        self, audio: AsyncIterable[bytes], job: Job, stall_seconds: float, report: Report
    ) -> AsyncGenerator[Event, None]:
        """Feed the audio and yield the events, both as they come.

        Raises AudioError where the worker refuses the bytes, WorkerLost where it dies or neither reads nor answers
        for `stall_seconds`, and whatever `audio` raises. What the analysis cost is reported when the worker is done
        with it, which may be while it settles.
        """
        self._report = report
        self._sending = self._listening = True
        self._busy_since = None
        self.accepted = False
        await self._hand_over(job, stall_seconds)
        feeding = asyncio.create_task(self._feed(audio))
        listening = asyncio.create_task(_receive(self._out))
        try:
            while True:
                await self._watch(feeding, listening, stall_seconds)
                try:
                    kind, payload = await listening
                except WorkerLost as lost:
                    raise WorkerLost(await self._cause()) from lost
                if kind is Kind.DONE:
                    self._done(payload)
                    return
                self._heard()
                if kind is Kind.REFUSED:
                    raise AudioError(payload.decode())
                listening = asyncio.create_task(_receive(self._out))
                if kind is Kind.EVENT:
                    status, data = json.loads(payload)
                    yield Event(status, data)
        finally:
            for task in (feeding, listening):
                task.cancel()
            await asyncio.gather(feeding, listening, return_exceptions=True)

    async def settle(self) -> None:
        """Make it fit for the next job: cancel what is still going on, and kill it where it does not come back."""
        try:
            async with asyncio.timeout(_GRACE):
                if self._sending:
                    self._sending = False
                    await self._write(Kind.CANCEL)
                while self._listening:
                    kind, payload = await _receive(self._out)
                    if kind is Kind.DONE:
                        self._done(payload)
        except (TimeoutError, WorkerLost):
            self.kill()

    async def _hand_over(self, job: Job, stall_seconds: float) -> None:
        try:
            async with asyncio.timeout(stall_seconds):
                await self._write(Kind.JOB, job.model_dump_json().encode())
                kind, _ = await _receive(self._out)
        except TimeoutError as error:
            raise WorkerLost(_DIED) from error
        self.accepted = kind is Kind.ACCEPTED

    async def _feed(self, audio: AsyncIterable[bytes]) -> None:
        async for chunk in audio:
            self._busy_since = monotonic()
            await self._write(Kind.AUDIO, chunk)
            self._busy_since = None
        self._sending = False
        self._busy_since = monotonic()
        await self._write(Kind.END)

    async def _write(self, kind: Kind, payload: bytes = b"") -> None:
        try:
            self._in.write(pack(kind, payload))
            await self._in.drain()
        except _GONE as error:
            raise WorkerLost(_DIED) from error

    def _done(self, payload: bytes) -> None:
        try:
            stats = Cost.model_validate_json(payload)
        except ValidationError as error:
            raise WorkerLost(_DIED) from error
        self._listening = False
        self._report(stats)

    async def _cause(self) -> str:
        """Why it has died, for the one whose request it was."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                await self.exited()
        return _CAUSES.get(self._process.returncode or 0, _DIED)

    def _heard(self) -> None:
        """It has said something, so it does not hang."""
        if self._busy_since is not None:
            self._busy_since = monotonic()

    async def _watch(
        self, feeding: asyncio.Task[None], listening: asyncio.Task[tuple[Kind, bytes]], stall_seconds: float
    ) -> None:
        """Return when a frame is there. Raises what the feeding raised, and WorkerLost for a worker that hangs."""
        while not listening.done():
            tasks = {task for task in (feeding, listening) if not task.done()}
            await asyncio.wait(tasks, timeout=stall_seconds / 4, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                return
            if feeding.done():
                feeding.result()
            if self._busy_since is not None and monotonic() - self._busy_since > stall_seconds:
                self.kill()
                raise WorkerLost(f"The analysis made no progress for {stall_seconds:g} seconds and was stopped.")


def _environment(log_level: str) -> dict[str, str]:
    """What a worker is told of this process's environment: nothing that may be a secret."""
    told = {name: value for name, value in os.environ.items() if name in _TOLD or name.startswith(_TOLD_PREFIXES)}
    # One thread for linear algebra: a worker's neighbours use the other cores.
    return {**told, "TONEARM_LOG_LEVEL": log_level, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


_TOLD = frozenset(
    {
        *("PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
        *("XDG_DATA_HOME", "XDG_CACHE_HOME"),
        *("TONEARM_MODELS_DIR", "TONEARM_WORKER_MEMORY_BYTES", "TONEARM_CPU_SECONDS", "TONEARM_LOG_FORMAT"),
    }
)
_TOLD_PREFIXES = ("PYTHON", "NUMBA_", "LC_", "MALLOC_")

# uvloop says RuntimeError where asyncio says BrokenPipeError.
_GONE = (BrokenPipeError, ConnectionResetError, RuntimeError)
_CAUSES = {-signal.SIGXCPU: "The analysis took more CPU time than a request may take, and was stopped."}
_DIED = "The worker that analysed this audio died. The other requests are not affected; try again."


async def _receive(out: asyncio.StreamReader) -> tuple[Kind, bytes]:
    try:
        kind, size = unpack_header(await out.readexactly(HEADER.size))
        return kind, await out.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionResetError) as error:
        raise WorkerLost(_DIED) from error
