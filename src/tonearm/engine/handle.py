"""A worker, wherever its process runs, seen from the pool that it belongs to."""

from __future__ import annotations

import logging
from typing import Protocol

from tonearm.engine.wire import Header, Kind
from tonearm.errors import WorkerLost
from tonearm.protocol.catalog import Catalog

log = logging.getLogger(__name__)

GRACE_SECONDS = 0.5
"""How long a worker that should come back, or end, may take."""
DIED = "The worker process that analysed this audio died."
_OF_A_JOB = frozenset({Kind.ACCEPTED, Kind.PROGRESS, Kind.EVENT, Kind.PARTIALS, Kind.REFUSED, Kind.DONE})


class Handle(Protocol):
    """A running worker. `JobRun` runs one job at a time on it."""

    catalog: Catalog

    @property
    def name(self) -> str:
        """What the log calls it."""

    @property
    def alive(self) -> bool: ...

    async def exited(self) -> str:
        """Return when it has ended; how, as the rest of a sentence that begins with its name."""

    def kill(self) -> None: ...

    async def send(self, kind: Kind, job: int, payload: bytes = b"") -> None:
        """Return when the worker is not behind. Raises WorkerLost if it has died, and HostLost."""

    def say(self, kind: Kind, job: int) -> None:
        """A few bytes, which wait with what the worker has not read yet. Who has died does not hear them."""

    async def receive(self, job: int) -> tuple[Kind, bytes]:
        """The next frame of this job. Raises WorkerLost if the worker has died, and kills one that breaks the rules;
        HostLost if its machine has died.
        """

    def distrust(self, violation: ValueError) -> WorkerLost:
        """Kill a worker that has sent what none would send; the error for the request that it had."""

    async def cause_of_death(self) -> str:
        """Why it has died, in words for the client whose request it had."""

    def cpu_seconds(self) -> float | None:
        """The CPU time that it has used; None if its system does not tell."""


def of_job(header: Header, job: int) -> Kind:
    """The kind of a frame of this job. Raises ValueError for one that cannot come during it."""
    if header.job != job or header.kind not in _OF_A_JOB:
        raise ValueError(f"a frame {header.kind.name} of job {header.job} during job {job}")
    return header.kind


def distrusted(worker: Handle, violation: ValueError) -> WorkerLost:
    """See Handle.distrust."""
    log.error("%s broke the protocol and is killed: %s", worker.name, violation)
    worker.kill()
    return WorkerLost(DIED)
