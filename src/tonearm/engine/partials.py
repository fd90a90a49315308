"""How far a client has got with the partial results of its request, over all runs of its job."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic_core import from_json

from tonearm.engine.job_run import JobRun
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job


class Partials:
    """Passes on that the client is ready for more, to the worker that runs the job now."""

    def __init__(self) -> None:
        self.run: JobRun | None = None
        """The run that there is now."""
        self._at = 0.0
        self._waiting = 0

    def rest_of(self, job: Job) -> Job:
        """The job as another run is to begin it: without what has been told already."""
        return job.model_copy(update={"told_seconds": self._at}) if self._at else job

    def told(self, events: Sequence[Event]) -> None:
        """The worker has sent these of one round."""
        self._waiting += len(events)
        self._at = from_json(events[-1].data)["at"]

    def taken(self, event: Event) -> None:
        """The client has got this one."""
        if event.status == "partial":
            self._waiting -= 1
            if not self._waiting and self.run is not None:
                self.run.taken()
