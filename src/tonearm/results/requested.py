"""The models that were requested, and their results in an analysis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tonearm.protocol.catalog import Catalog, ModelCard
from tonearm.protocol.job import Task
from tonearm.protocol.spec import written
from tonearm.results.analysis import Analysis


@dataclass(frozen=True)
class RequestedModel:
    """A model as it was requested."""

    task: Task
    card: ModelCard
    name: str
    """Its name in an analysis: as it was written, with the version if several were requested."""

    def result(self, analysis: Analysis) -> dict[str, Any] | None:
        """None if the model failed."""
        return analysis.results.get(self.name)


def requested_models(catalog: Catalog, tasks: Iterable[Task]) -> list[RequestedModel]:
    tasks = list(tasks)
    cards = {(card.name, card.version): card for card in catalog.cards}
    named = Analysis.of([], [task.requested for task in tasks]).name
    return [
        RequestedModel(task, cards[task.name, task.version], named(task.requested, str(task.version))) for task in tasks
    ]


def spelled(task: Task) -> str:
    """A model by its own name, with version and parameters: what decides which results it gives."""
    return f"{task.name}:{task.version}{written(task.parameters)}"
