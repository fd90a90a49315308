"""A worker on another machine, as its pool sees it. Frames travel in calls of its actor."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from typing import ParamSpec, Protocol, TypeVar

from tonearm._version import __version__
from tonearm.engine.cluster.library import PIECE_BYTES, ray
from tonearm.engine.cluster.seat import Outgoing, Ready, Said, Seat
from tonearm.engine.handle import DIED, distrusted, of_job
from tonearm.engine.wire import Header, Kind
from tonearm.engine.worker_log import to_stderr
from tonearm.errors import HostLost, WorkerLost

log = logging.getLogger(__name__)

HOST_LOST = "The machine that analysed this audio was lost."
_AHEAD_BYTES = 2 * PIECE_BYTES
"""Of audio that is not on its way yet. With what is, it bounds what a worker that is behind can cost this process."""
_MOST_FRAMES = 64
_KILL_SECONDS = 5.0
_PLACE_SECONDS = 60.0

P = ParamSpec("P")
R = TypeVar("R", covariant=True)


class _Method(Protocol[P, R]):
    def remote(self, *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]: ...


class SeatActor(Protocol):
    """`Seat`, called from another process."""

    start: _Method[[str, str, str | None], Ready | str]
    write: _Method[[list[Outgoing]], None]
    read: _Method[[], Said]
    kill: _Method[[], None]


class RemoteHandle:
    def __init__(self, actor: SeatActor, ready: Ready) -> None:
        self.catalog = ready.catalog
        self._actor = actor
        self._pid = ready.pid
        self._frames: asyncio.Queue[tuple[Header, bytes] | None] = asyncio.Queue()
        self._fetched = asyncio.Event()
        self._outgoing: list[Outgoing] = []
        self._waiting_bytes = 0
        self._to_send = asyncio.Event()
        self._sent = asyncio.Event()
        self._cpu: float | None = None
        self._cause = DIED
        self._killed = False
        self._lost = False
        self._ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._tasks = {asyncio.create_task(self._listen()), asyncio.create_task(self._speak())}

    @classmethod
    async def spawn(
        cls, needs: Mapping[str, float], environment: Mapping[str, str], log_level: str, models: str | None
    ) -> RemoteHandle:
        """Wait for a machine that has what it needs, start a worker there, and return when it is warm.

        Raises WorkerLost if it dies before.
        """
        others = {name: amount for name, amount in needs.items() if name not in {"CPU", "GPU"}}
        actor: SeatActor = (
            ray.remote(Seat)
            .options(
                num_cpus=needs.get("CPU", 0),
                num_gpus=needs.get("GPU", 0),
                resources=others,
                scheduling_strategy="SPREAD",
            )
            .remote(environment)
        )
        starting = asyncio.ensure_future(actor.start.remote(__version__, log_level, models))
        try:
            while not (await asyncio.wait({starting}, timeout=_PLACE_SECONDS))[0]:
                wanted = ", ".join(f"{amount:g} {name}" for name, amount in needs.items())
                log.info("a worker waits for a node of the cluster that has %s free", wanted)
            ready = await starting
            if isinstance(ready, str):
                raise WorkerLost(ready)
            return cls(actor, ready)
        except ray.exceptions.RayError as error:
            raise WorkerLost(f"The cluster could not start a worker: {_first_line(error)}") from error
        except BaseException:
            starting.cancel()
            ray.kill(actor)
            raise

    @property
    def name(self) -> str:
        return f"worker[{self._pid}]"

    @property
    def alive(self) -> bool:
        return not self._killed and not self._ended.done()

    async def exited(self) -> str:
        return await asyncio.shield(self._ended)

    def kill(self) -> None:
        if not self._killed:
            self._killed = True
            self._fetched.set()
            task = asyncio.create_task(self._end())
            self._tasks.add(task)

    async def send(self, kind: Kind, job: int, payload: bytes = b"") -> None:
        self.say(kind, job, payload)
        while self._waiting_bytes > _AHEAD_BYTES and not self._ended.done():
            self._sent.clear()
            await self._sent.wait()
        if self._ended.done():
            raise self._death()

    def say(self, kind: Kind, job: int, payload: bytes = b"") -> None:
        self._outgoing.append((kind, job, payload))
        self._waiting_bytes += len(payload)
        self._to_send.set()

    async def receive(self, job: int) -> tuple[Kind, bytes]:
        frame = await self._frames.get()
        if self._frames.qsize() < _MOST_FRAMES:
            self._fetched.set()
        if frame is None:
            # For who asks again.
            self._frames.put_nowait(None)
            raise self._death()
        header, payload = frame
        try:
            return of_job(header, job), payload
        except ValueError as error:
            raise self.distrust(error) from error

    def distrust(self, violation: ValueError) -> WorkerLost:
        return distrusted(self, violation)

    async def cause_of_death(self) -> str:
        return self._cause

    def cpu_seconds(self) -> float | None:
        """As of the last news, which are seconds old at most."""
        return self._cpu

    def _death(self) -> WorkerLost:
        return HostLost(HOST_LOST) if self._lost else WorkerLost(DIED)

    async def _listen(self) -> None:
        """Fetch what the worker says until it has ended."""
        how = "was lost"
        try:
            while True:
                said = await self._actor.read.remote()
                self._cpu = said.cpu_seconds
                for line in said.lines:
                    to_stderr(line)
                for frame in said.frames:
                    self._frames.put_nowait(frame)
                if said.end is not None:
                    how, self._cause = said.end
                    return
                while self._frames.qsize() >= _MOST_FRAMES and not self._killed:
                    self._fetched.clear()
                    await self._fetched.wait()
        except ray.exceptions.RayError as error:
            self._lost = not self._killed
            how = f"cannot be reached any more ({_first_line(error)})"
        finally:
            self._ended.set_result(how)
            self._sent.set()
            self._to_send.set()
            self._frames.put_nowait(None)
            ray.kill(self._actor)

    async def _speak(self) -> None:
        """Send what there is to send, in one call after the other, so that it keeps its order."""
        # That a call fails is noticed where the next one listens.
        with suppress(ray.exceptions.RayError):
            while True:
                await self._to_send.wait()
                if self._ended.done():
                    return
                frames, size = [], 0
                while self._outgoing and size < PIECE_BYTES:
                    frames.append(self._outgoing.pop(0))
                    size += len(frames[-1][2])
                if not self._outgoing:
                    self._to_send.clear()
                await self._actor.write.remote(frames)
                self._waiting_bytes -= size
                self._sent.set()

    async def _end(self) -> None:
        try:
            async with asyncio.timeout(_KILL_SECONDS):
                await self._actor.kill.remote()
                await self.exited()
        except (TimeoutError, ray.exceptions.RayError):
            if not self._ended.done():
                ray.kill(self._actor)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
