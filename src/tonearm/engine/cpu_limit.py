"""The CPU time that a request may use, kept by the server: a worker cannot change it."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress

from tonearm.engine.cpu_clock import cpu_seconds
from tonearm.sandbox.resource_limits import limit_cpu

_SLACK = 2.0
"""Seconds past its limit after which a worker is taken to ignore the kernel's signal."""


class CpuLimit:
    """Limits a worker's CPU time for each request, on a system that tells how much a process has used.

    The kernel ends the worker with SIGXCPU. A compromised worker can hold that signal off, so it is killed a little
    later, whether it has a request or not.
    """

    def __init__(self, process: asyncio.subprocess.Process, seconds: float) -> None:
        self._process = process
        self._seconds = seconds
        self._until = float("inf")
        self._watching: asyncio.Task[None] | None = None

    def renew(self) -> None:
        """Allow what a request may use, from now on."""
        used = cpu_seconds(self._process.pid)
        if used is None or self._process.returncode is not None:
            return
        self._until = used + self._seconds
        # It may have died, and the request notices by itself.
        with suppress(OSError):
            limit_cpu(self._process.pid, self._until)
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while (used := cpu_seconds(self._process.pid)) is not None and self._process.returncode is None:
            left = self._until + _SLACK - used
            if left < 0:
                with suppress(ProcessLookupError):
                    self._process.kill()
                return
            # A second of it can be used by each core at once.
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.5, left / (os.cpu_count() or 1))):
                    await self._process.wait()
