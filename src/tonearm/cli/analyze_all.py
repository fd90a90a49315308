"""Many sources through a backend, some at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from tonearm.cli.backend import Backend, Outcome
from tonearm.cli.in_thread import InThread
from tonearm.cli.progress import Progress
from tonearm.cli.source import Source
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task
from tonearm.protocol.spec import Spec
from tonearm.results.gather import failed

Plan = Callable[[Catalog, tuple[Task, ...]], Iterable[Source]]
OnOutcome = Callable[[Outcome], None]


async def analyze_all(
    backend: Backend, models: Sequence[Spec], jobs: int, progress: Progress, plan: Plan, on_outcome: OnOutcome
) -> None:
    """Analyse what `plan` says, which is called when the models are known to be there; `on_outcome` gets each outcome.

    A source is taken from the plan when one of the `jobs` is free for it: however many there are, none is kept.

    Raises UnknownModel and MalformedSpec before there is a plan, BatchAborted if every other source would fail too, and
    what `plan` and `on_outcome` raise.
    """
    async with backend as catalog:
        tasks = catalog.resolve(models)
        sources = InThread(plan(catalog, tasks))

        async def work() -> None:
            async for source in sources:
                progress.began(source)
                outcome = await _outcome(backend, source, tasks, progress)
                progress.ended(outcome)
                on_outcome(outcome)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(jobs):
                    group.create_task(work())
        except ExceptionGroup as several:
            raise several.exceptions[0] from None


async def _outcome(backend: Backend, source: Source, tasks: tuple[Task, ...], progress: Progress) -> Outcome:
    if source.problem:
        return Outcome(source, failed(source.problem, tasks))
    told = (lambda partial: progress.told(source, partial)) if progress.watched else None
    return await backend.analyze(source, tasks, lambda position: progress.at(source, position), told)
