"""What a worker process does: frames in, frames out, one job at a time.

It is a filter and nothing more: once it is warm it can open no socket and write no file. It ends when its input ends.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from random import SystemRandom
from time import monotonic
from typing import BinaryIO

from tonearm.algorithms.compiled import keep_in_memory
from tonearm.config import Settings
from tonearm.engine.wire import HEADER, Header, Kind, pack, pack_event, pack_partials, pack_refusal, unpack_header
from tonearm.errors import AudioError, TonearmError
from tonearm.logs import current
from tonearm.pipeline.ending import any_overdue
from tonearm.pipeline.filter import analyze
from tonearm.pipeline.registry import catalog, models
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.cost import Cost
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job, Task
from tonearm.protocol.spec import Spec, parse
from tonearm.sample import sample_track
from tonearm.sandbox import allow_cpu, confine

log = logging.getLogger(__name__)

_NO_MEMORY = "The analysis needs more memory than a request may have (TONEARM_WORKER_MEMORY_BYTES)."


class Cancelled(Exception):
    """The client of this job went away."""


class Intake:
    """The audio of one job, read from its frames; `taken` is called where the engine says TAKEN."""

    def __init__(self, frames: BinaryIO, taken: Callable[[], None]) -> None:
        self._frames = frames
        self._taken = taken
        self._left = 0
        self._over = False

    def read(self, size: int) -> bytes:
        """Raises Cancelled where the engine says so."""
        while not self._left and not self._over:
            kind, _, self._left = _header(self._frames)
            self._over = kind in {Kind.END, Kind.CANCEL}
            if kind is Kind.TAKEN:
                self._taken()
            if kind is Kind.CANCEL:
                raise Cancelled
        if not self._left:
            return b""
        chunk = self._frames.read(min(size, self._left))
        if not chunk:
            raise EOFError
        self._left -= len(chunk)
        return chunk

    def discard(self) -> None:
        """Skip what the analysis did not want, up to the end of this job's frames."""
        try:
            while self.read(1 << 16):
                pass
        except Cancelled:
            pass


class Pulse:
    """Says PROGRESS, at most once a second: a long analysis, or a long end of one, is not a hanging one."""

    def __init__(self, out: BinaryIO, job: int) -> None:
        self._out = out
        self._job = job
        self._last = monotonic()

    def __call__(self) -> None:
        if monotonic() - self._last > 1:
            _send(self._out, Kind.PROGRESS, self._job)
            self._last = monotonic()


class Partials:
    """Sends a round of partial results, if the client has taken the last one."""

    def __init__(self, out: BinaryIO, job: int) -> None:
        self._out = out
        self._job = job
        self._taken = True

    def __call__(self, make: Callable[[], list[Event]]) -> bool:
        if not self._taken:
            return False
        if events := make():
            # Before it is sent: the answer comes in another thread.
            self._taken = False
            _send(self._out, Kind.PARTIALS, self._job, pack_partials(events))
        return True

    def taken(self) -> None:
        self._taken = True


def serve(frames: BinaryIO, out: BinaryIO, models: str | None) -> None:
    """Answer jobs until the input ends. They are expected to ask for `models`, or for any."""
    known = catalog()
    gc.freeze()
    gc.enable()
    warm_up(_expected(known, models))
    settings = Settings()
    keep_in_memory()
    for lack in confine(settings.worker_memory_bytes, settings.models_dir):
        log.warning("sandbox: %s", lack)
    # What is there now stays, and need not be looked at after each job.
    gc.freeze()
    _give_back_memory()
    _send(out, Kind.READY, 0, known.model_dump_json().encode())
    while header := frames.read(HEADER.size):
        kind, number, size = unpack_header(header)
        if kind is Kind.TAKEN:
            # Of the job before: the client had not read to the end of it.
            continue
        job = Job.model_validate_json(frames.read(size))
        current.set(job.correlation_id)
        if sys.platform != "linux":
            allow_cpu(settings.cpu_seconds)
        log.debug("takes a request for %d models", len(job.tasks))
        _send(out, Kind.ACCEPTED, number)
        partials = Partials(out, number)
        intake = Intake(frames, partials.taken)
        cost = Cost()
        try:
            for event in analyze(intake.read, job, Pulse(out, number), cost, partials):
                _send(out, Kind.EVENT, number, pack_event(event))
        except Cancelled:
            log.debug("cancelled")
        except TonearmError as error:
            _send(out, Kind.REFUSED, number, pack_refusal(error))
        except MemoryError:
            _send(out, Kind.REFUSED, number, pack_refusal(AudioError(_NO_MEMORY)))
        _send(out, Kind.DONE, number, cost.model_dump_json().encode())
        if any_overdue():
            log.warning("ends: a model that was given up is still at work, and only that stops it")
            os._exit(0)
        intake.discard()
        # A decoder that failed stands in a cycle with its traceback, and holds the whole file or its index.
        gc.collect()
        current.set("-")


def _expected(known: Catalog, models: str | None) -> tuple[Task, ...]:
    if models is None:
        return known.resolve(Spec(card.name, card.version, {}) for card in known.cards if not card.unavailable)
    try:
        return known.resolve(spec._replace(parameters={}) for spec in parse(models))
    except TonearmError:
        # Whoever asks for what is not here is told so by the engine's catalogue.
        return ()


def _shuffled(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """In an order of this worker's own: what another one that starts now has compiled is found on disk."""
    return tuple(SystemRandom().sample(tasks, len(tasks)))


def warm_up(tasks: Iterable[Task]) -> None:
    """Analyse short sounds with the models, so that no import and no compilation is left for a client."""
    known = models()
    by_seconds: dict[int, list[Task]] = {}
    for task in tasks:
        by_seconds.setdefault(known[task.name, task.version].warm_up_seconds, []).append(task)
    for seconds, same in sorted(by_seconds.items()):
        for event in analyze(BytesIO(sample_track(seconds)).read, Job(tasks=_shuffled(same))):
            if event.status == "error":
                log.error("warming up: %s", event.data)


def _give_back_memory() -> None:
    """What was freed, as after warming up, goes back to the system: glibc keeps it (malloc_trim(3))."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _header(frames: BinaryIO) -> Header:
    header = frames.read(HEADER.size)
    if len(header) < HEADER.size:
        raise EOFError
    return unpack_header(header)


def _send(out: BinaryIO, kind: Kind, job: int, payload: bytes = b"") -> None:
    out.write(pack(kind, job, payload))
    out.flush()
