"""The models that were asked for, and where their results stand in an analysis."""

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
    """A model as it was asked for."""

    task: Task
    card: ModelCard
    label: str
    """Its name in the analysis: as it was written, with the version where several were asked for."""

    def result(self, analysis: Analysis) -> dict[str, Any] | None:
        """None where the model failed."""
        for failure in analysis.errors:
            if (failure.model_name, failure.model_version) == (self.task.requested, str(self.task.version)):
                return None
        # Where only one of several versions has a result, it stands under the plain name.
        return analysis.results.get(self.label) or analysis.results.get(self.task.requested)


def requested_models(catalog: Catalog, tasks: Iterable[Task]) -> list[RequestedModel]:
    tasks = list(tasks)
    cards = {(card.name, card.version): card for card in catalog.cards}
    names = [task.requested for task in tasks]
    return [
        RequestedModel(
            task,
            cards[task.name, task.version],
            task.requested if names.count(task.requested) == 1 else f"{task.requested}:{task.version}",
        )
        for task in tasks
    ]


def spelled(task: Task) -> str:
    """A model by its own name, with version and parameters: what decides which results it gives."""
    return f"{task.name}:{task.version}{written(task.parameters)}"
