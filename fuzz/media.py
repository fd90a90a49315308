"""Damaged files through the real engine: each must end in `finished` or be refused, and hurt nothing else."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from jsonschema import Draft202012Validator

from fuzz.corpus import Corpus
from fuzz.mutate import case
from tonearm.engine import Engine
from tonearm.engine.local import LocalEngine
from tonearm.errors import AudioError, WorkerLost
from tonearm.protocol.caps import Caps
from tonearm.protocol.events import Event
from tonearm.protocol.job import Job
from tonearm.protocol.spec import parse

MODELS = "key,bpm_degara,loudness_ebur128:2,waveform,silence"
WORKERS = 2
MAX_SECONDS = 600.0
"""Of audio: a damaged header may ask for hours of silence, which is allowed and only takes time."""
_HANG_SECONDS = 180.0
_PIECE = 50_000


@dataclass
class Find:
    """A case that did what none may do."""

    case: str
    made_of: str
    what: str
    data: bytes

    def keep(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self.case.replace(':', '-')}.bin"
        file.write_bytes(self.data)
        file.with_suffix(".txt").write_text(f"case {self.case}\n{self.made_of}\n{self.what}\n")
        return file


@dataclass
class Tally:
    """What became of the cases."""

    outcomes: Counter[str] = field(default_factory=Counter)
    finds: list[Find] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return self.outcomes.total()


async def fuzz(corpus: Corpus, seed: int, numbers: Iterable[int], go_on: Callable[[], bool] = lambda: True) -> Tally:
    """Run the cases on a real engine, as many at a time as it has workers, while `go_on` says so."""
    tally = Tally()
    deaths = _Deaths()
    engine = LocalEngine(workers=WORKERS, queue=WORKERS, stall_seconds=60, log_level="error")
    await engine.start()
    left = iter(numbers)

    async def run() -> None:
        for number in left:
            if not go_on():
                return
            made_of, data = case(corpus, seed, number)
            outcome = await _outcome(engine, data)
            if deaths.codes:
                outcome = _Bad(f"a worker ended with {deaths.codes}, on this case or on one beside it")
                deaths.codes.clear()
            tally.outcomes["find" if isinstance(outcome, _Bad) else outcome] += 1
            if isinstance(outcome, _Bad):
                tally.finds.append(Find(f"{seed}:{number}", made_of, outcome, data))

    logger = logging.getLogger("tonearm.engine.pool")
    logger.addHandler(deaths)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(run())
    finally:
        logger.removeHandler(deaths)
        await engine.stop()
    return tally


class _Bad(str):
    """What was wrong with an outcome."""


async def _outcome(engine: Engine, data: bytes) -> str | _Bad:
    job = Job(tasks=engine.catalog.resolve(parse(MODELS)), caps=Caps(max_seconds=MAX_SECONDS))
    events: list[Event] = []
    try:
        async with asyncio.timeout(_HANG_SECONDS):
            async for event in engine.analyze(_arriving(data), job):
                events.append(event)
    except AudioError:
        return "refused" if not events else _Bad("AudioError in the middle of the events")
    except WorkerLost as lost:
        return _Bad(f"the worker was lost: {lost}")
    except TimeoutError:
        return _Bad(f"no end within {_HANG_SECONDS:g} s")
    return _judged(engine, events, len(job.tasks))


def _judged(engine: Engine, events: list[Event], models: int) -> str | _Bad:
    statuses = [event.status for event in events]
    if statuses[:1] != ["started"] or statuses[-1:] != ["finished"]:
        return _Bad(f"the events are {statuses}")
    told = [json.loads(event.data, parse_constant=_no_constant) for event in events]
    failures = [event for event in told if event["status"] == "error"]
    for event in told:
        if event["status"] == "completed" and (wrong := _outside_schema(engine, event["result"])):
            return _Bad(wrong)
    for failure in failures:
        if failure["error"].startswith(("The model failed", "The model gave", "The worker", "The analysis made no")):
            return _Bad(f"{failure.get('model_name', 'all')}: {failure['error']}")
    if any("model_name" not in failure for failure in failures):
        return "broken off"
    if len(events) != models + 2:
        return _Bad(f"the events are {statuses}")
    return "analysed" if not failures else "analysed, a model had no answer"


def _outside_schema(engine: Engine, result: dict[str, Any]) -> str | None:
    name, version = result["model_name"], int(result["model_version"])
    card = next(card for card in engine.catalog.cards if (card.name, card.version) == (name, version))
    wrong = next(Draft202012Validator(card.result_schema).iter_errors(result["results"]), None)
    return f"{name}:{version} is outside its schema: {wrong.message[:200]}" if wrong else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


async def _arriving(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), _PIECE):
        yield data[start : start + _PIECE]


class _Deaths(logging.Handler):
    """Collects the exit codes of workers that died: -9 is the engine's own doing, and 0 an end after a model that was
    given up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.codes: list[int] = []

    def emit(self, record: logging.LogRecord) -> None:
        found = re.search(r"exited with code (-?\d+)", record.getMessage())
        if found and int(found[1]) not in {-9, 0}:
            self.codes.append(int(found[1]))
