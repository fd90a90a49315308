"""What a client has been told over all runs of its job, so that it is told nothing twice."""

from __future__ import annotations

import json

from pydantic_core import from_json

from tonearm.engine.transcript import Transcript, identity
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job


class Answers:
    def __init__(self, job: Job) -> None:
        self._total = len(job.tasks)
        self._pending = {identity(task) for task in job.tasks}
        self._errors: set[str] = set()
        self.begun = False
        """Whether `started` has been told."""

    def rest_of(self, job: Job) -> Job:
        """The job as another run is to begin it: without the models that have answered."""
        return job.model_copy(update={"tasks": tuple(task for task in job.tasks if identity(task) in self._pending)})

    def broken_off(self, transcript: Transcript) -> None:
        """A run has ended before its time, with this transcript."""
        self._pending &= transcript.pending

    def new(self, event: Event) -> Event | None:
        """What the client is to be told of an event; None if it knows that already."""
        match event.status:
            case "started":
                if self.begun:
                    return None
                self.begun = True
            case "error":
                # That of a model comes once anyway, and that of the audio from each run.
                if event.data in self._errors:
                    return None
                self._errors.add(event.data)
            case "finished" if len(self._pending) < self._total:
                fields = from_json(event.data) | {"total_models": self._total}
                return Event("finished", json.dumps(fields, separators=(",", ":")))
        return event
