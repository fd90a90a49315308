"""A worker process of this machine: started, spoken to in frames, and ended."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

from tonearm.config import Settings
from tonearm.engine.cpu_clock import cpu_seconds
from tonearm.engine.cpu_limit import CpuLimit
from tonearm.engine.handle import DIED, GRACE_SECONDS, distrusted, of_job
from tonearm.engine.wire import HEADER, Header, Kind, pack, unpack_header
from tonearm.engine.worker_command import start
from tonearm.engine.worker_log import to_stderr
from tonearm.errors import WorkerLost
from tonearm.protocol.catalog import Catalog

_DIED_EARLY = "A worker process ended before it was ready: its last lines in the log say why."
_START_SECONDS = 300.0
"""How long a worker may take until it is ready; the first start on a slow machine compiles code for a minute or two."""

# uvloop says RuntimeError where asyncio says BrokenPipeError.
_GONE = (BrokenPipeError, ConnectionResetError, RuntimeError)
_CAUSES = {-signal.SIGXCPU: "The analysis exceeded the CPU time limit of a request (TONEARM_CPU_SECONDS)."}


class WorkerHandle:
    """A running worker. `JobRun` runs one job at a time on it."""

    def __init__(self, process: asyncio.subprocess.Process, catalog: Catalog) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.catalog = catalog
        self._process = process
        self._in = process.stdin
        self._out = process.stdout
        self._cpu = CpuLimit(process, Settings().cpu_seconds)
        self._killed = False

    @classmethod
    async def spawn(
        cls,
        log_level: str,
        models: str | None = None,
        start_seconds: float = _START_SECONDS,
        write: Callable[[str], None] = to_stderr,
    ) -> WorkerHandle:
        """Start a process and return when it is warm for these models, or for all. Lines of its log go to `write`.

        Raises WorkerLost if it dies before, is not ready within `start_seconds`, or says something else.
        """
        process, lines = await start(log_level, models, write)
        assert process.stdout is not None
        try:
            async with asyncio.timeout(start_seconds):
                header, payload = await _receive(process.stdout, _DIED_EARLY)
            if header.kind is not Kind.READY:
                raise WorkerLost(f"A worker sent {header.kind.name} instead of READY.")
            return cls(process, Catalog.model_validate_json(payload))
        except BaseException as error:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            await lines.ended()
            if isinstance(error, TimeoutError):
                raise WorkerLost(f"A worker was not ready within {start_seconds:g} seconds.") from error
            if isinstance(error, ValueError):
                raise WorkerLost("A worker sent a catalogue that is none.") from error
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def name(self) -> str:
        return f"worker[{self.pid}]"

    @property
    def alive(self) -> bool:
        return self._process.returncode is None and not self._killed

    async def exited(self) -> str:
        return f"exited with code {await self._process.wait()}"

    def kill(self) -> None:
        self._killed = True
        with suppress(ProcessLookupError):
            self._process.kill()

    async def send(self, kind: Kind, job: int, payload: bytes = b"") -> None:
        if kind is Kind.JOB:
            self._cpu.renew()
        try:
            self._in.write(pack(kind, job, payload))
            await self._in.drain()
        except _GONE as error:
            raise WorkerLost(DIED) from error

    def say(self, kind: Kind, job: int) -> None:
        with suppress(*_GONE):
            self._in.write(pack(kind, job))

    async def frame(self) -> tuple[Header, bytes]:
        """The next frame. Raises WorkerLost if the worker has died, and ValueError for what is no frame."""
        return await _receive(self._out)

    async def receive(self, job: int) -> tuple[Kind, bytes]:
        try:
            header, payload = await self.frame()
            return of_job(header, job), payload
        except ValueError as error:
            raise self.distrust(error) from error

    def distrust(self, violation: ValueError) -> WorkerLost:
        return distrusted(self, violation)

    def cpu_seconds(self) -> float | None:
        return cpu_seconds(self._process.pid)

    async def cause_of_death(self) -> str:
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await self.exited()
        return _CAUSES.get(self._process.returncode or 0, DIED)


async def _receive(out: asyncio.StreamReader, died: str = DIED) -> tuple[Header, bytes]:
    """Raises ValueError for what is no frame, and WorkerLost with the words `died` at the end of the frames."""
    try:
        header = unpack_header(await out.readexactly(HEADER.size))
        return header, await out.readexactly(header.size)
    except (asyncio.IncompleteReadError, ConnectionResetError) as error:
        raise WorkerLost(died) from error
