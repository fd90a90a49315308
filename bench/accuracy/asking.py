"""Every system's answer for every recording, in worker processes. What a peer has answered is kept in .accuracy."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from rich.progress import Progress

from bench.accuracy.answer import Answer
from bench.accuracy.recordings import Recording
from bench.accuracy.systems.everyone import everyone
from bench.accuracy.systems.system import System

CACHE = Path(__file__).parents[2] / ".accuracy"


def ask(systems: Iterable[System], recordings: Iterable[Recording]) -> dict[str, dict[Recording, Answer]]:
    """By the name of the system, which is asked only about recordings of which it tells something that is measured."""
    asked = [(system, each) for system in systems for each in recordings if _concerns(system, each)]
    answers: dict[str, dict[Recording, Answer]] = {system.name: {} for system in systems}
    context = get_context("spawn")
    workers = len(os.sched_getaffinity(0))
    with (
        ProcessPoolExecutor(workers, mp_context=context) as pool,
        Progress() as progress,
    ):
        task = progress.add_task("asking", total=len(asked))
        answered = pool.map(answer, [system.name for system, _ in asked], [each.path for _, each in asked])
        for (system, recording), found in zip(asked, answered, strict=True):
            answers[system.name][recording] = found
            progress.advance(task)
    return answers


def _concerns(system: System, recording: Recording) -> bool:
    if recording.key is not None:
        return "key" in system.gives
    if recording.tempo is not None:
        return "tempo" in system.gives
    return bool(system.gives & {"key certainty", "tempo certainty"})


def answer(name: str, path: Path) -> Answer:
    """Runs in a worker."""
    system = _systems()[name]
    if system.ours:
        return system.answer(path)
    file = CACHE / f"{_digest(f'{name} {system.version}'.encode())}-{_digest(path.read_bytes())}.json"
    if file.exists():
        return Answer.model_validate_json(file.read_text())
    found = system.answer(path)
    CACHE.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(found.model_dump_json())
    draft.rename(file)
    return found


@cache
def _systems() -> dict[str, System]:
    systems, _ = everyone()
    return {system.name: system for system in systems}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
