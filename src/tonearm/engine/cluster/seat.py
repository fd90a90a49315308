"""What runs on a machine of the cluster: an actor that has one worker process, and passes its frames on."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from tonearm._version import __version__
from tonearm.engine.wire import Header, Kind
from tonearm.engine.worker_handle import WorkerHandle
from tonearm.errors import WorkerLost
from tonearm.protocol.catalog import Catalog

_AHEAD_BYTES = 1 << 20
"""Of frames that nobody has fetched; the worker waits then."""
_MOST_LINES = 1000
_NEWS_SECONDS = 2.0
"""How often there is an answer also without anything new."""

Outgoing = tuple[Kind, int, bytes]


class Ready(NamedTuple):
    catalog: Catalog
    pid: int


class End(NamedTuple):
    how: str
    cause: str


class Said(NamedTuple):
    frames: list[tuple[Header, bytes]]
    lines: list[str]
    """Of the worker's log."""
    cpu_seconds: float | None
    end: End | None
    """Of the worker. Nothing follows."""


class Seat:
    """The worker is started, limited and watched as on the machine of the server (tonearm.engine.worker_handle)."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """`environment` has the settings that are those of the server and not of this machine."""
        os.environ.update(environment)
        self._frames: list[tuple[Header, bytes]] = []
        self._lines: deque[str] = deque(maxlen=_MOST_LINES)
        self._end: End | None = None
        self._news = asyncio.Event()
        self._fetched = asyncio.Event()

    async def start(self, version: str, log_level: str, models: str | None) -> Ready | str:
        """Return when the worker is warm, or in words why there is none."""
        if version != __version__:
            return f"The server is Tonearm {version}, and a node of the cluster has {__version__}: install the same."
        try:
            self._worker = await WorkerHandle.spawn(log_level, models, write=self._write_line)
        except WorkerLost as lost:
            return "\n".join([str(lost), *self._lines])
        self._passing = asyncio.create_task(self._pass_on())
        return Ready(self._worker.catalog, self._worker.pid)

    async def write(self, frames: list[Outgoing]) -> None:
        """Return when the worker is not behind."""
        # Of one that has died, `read` tells.
        with suppress(WorkerLost):
            for kind, job, payload in frames:
                await self._worker.send(kind, job, payload)

    async def read(self) -> Said:
        """What is new, as soon as something is."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_NEWS_SECONDS):
                await self._news.wait()
        said = Said(self._frames, list(self._lines), self._worker.cpu_seconds(), self._end)
        self._frames = []
        self._lines.clear()
        self._news.clear()
        self._fetched.set()
        return said

    async def kill(self) -> None:
        self._worker.kill()

    async def _pass_on(self) -> None:
        with suppress(WorkerLost, ValueError):
            while True:
                frame = await self._worker.frame()
                self._frames.append(frame)
                self._news.set()
                while sum(len(payload) for _, payload in self._frames) > _AHEAD_BYTES:
                    self._fetched.clear()
                    await self._fetched.wait()
        # Where it has sent what is no frame it lives still.
        cause = await self._worker.cause_of_death()
        self._worker.kill()
        self._end = End(await self._worker.exited(), cause)
        self._news.set()

    def _write_line(self, line: str) -> None:
        self._lines.append(line)
        self._news.set()
