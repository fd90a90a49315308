"""The default engine: a pool of spawned processes on this machine."""

from __future__ import annotations

import math

from tonearm.config import Range
from tonearm.engine.pool import Pool
from tonearm.engine.worker_handle import WorkerHandle


class LocalEngine(Pool):
    """`workers` processes, which warm up for `models`, written as in a request, if only those will be requested; else
    for every model. The rest is as for any pool.
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
        super().__init__(
            lambda: WorkerHandle.spawn(log_level, models),
            Range(workers, workers),
            queue,
            stall_seconds,
            buffer_bytes,
            queue_seconds,
        )
