"""A worker process, seen from the engine: started, spoken to in frames, and ended."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress

from tonearm.config import Settings
from tonearm.engine.cpu_limit import CpuLimit
from tonearm.engine.wire import HEADER, Kind, pack, unpack_header
from tonearm.engine.worker_command import start
from tonearm.errors import WorkerLost
from tonearm.protocol.catalog import Catalog

GRACE_SECONDS = 0.5
"""How long a worker that should come back, or end, may take."""
DIED = "The worker process that analysed this audio died."

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
    async def spawn(cls, log_level: str, models: str | None = None) -> WorkerHandle:
        """Start a process and return when it is warm for these models, or for all.

        Raises WorkerLost if it dies before.
        """
        process, lines = await start(log_level, models)
        assert process.stdout is not None
        try:
            kind, payload = await _receive(process.stdout)
            if kind is not Kind.READY:
                raise WorkerLost(f"A worker sent {kind.name} instead of READY.")
        except BaseException:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            await lines.ended()
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

    async def send(self, kind: Kind, payload: bytes = b"") -> None:
        """Return when the worker is not behind. Raises WorkerLost if it has died."""
        if kind is Kind.JOB:
            self._cpu.renew()
        try:
            self._in.write(pack(kind, payload))
            await self._in.drain()
        except _GONE as error:
            raise WorkerLost(DIED) from error

    async def receive(self) -> tuple[Kind, bytes]:
        """The next frame. Raises WorkerLost if the worker has died."""
        return await _receive(self._out)

    async def cause_of_death(self) -> str:
        """Why it has died, in words for the client whose request it had."""
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await self.exited()
        return _CAUSES.get(self._process.returncode or 0, DIED)


async def _receive(out: asyncio.StreamReader) -> tuple[Kind, bytes]:
    try:
        kind, size = unpack_header(await out.readexactly(HEADER.size))
        return kind, await out.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionResetError) as error:
        raise WorkerLost(DIED) from error
