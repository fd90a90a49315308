"""The models that were asked for, and where their results stand in an analysis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tonearm.analysis import Analysis
from tonearm.catalog import Catalog, ModelCard
from tonearm.job import Task
from tonearm.spec import written


@dataclass(frozen=True)
class Asked:
    """A model as it was asked for."""

    task: Task
    card: ModelCard
    label: str
    """Its name in the analysis: as it was written, with the version where several were asked for."""

    def result(self, analysis: Analysis) -> dict[str, Any] | None:
        """None where the model failed."""
        for failure in analysis.errors:
            if (failure.model_name, failure.model_version) == (self.task.asked, str(self.task.version)):
                return None
        # Where only one of several versions has a result, it stands under the plain name.
        return analysis.results.get(self.label) or analysis.results.get(self.task.asked)


def asked(catalog: Catalog, tasks: Iterable[Task]) -> list[Asked]:
    tasks = list(tasks)
    cards = {(card.name, card.version): card for card in catalog.cards}
    names = [task.asked for task in tasks]
    return [
        Asked(
            task,
            cards[task.name, task.version],
            task.asked if names.count(task.asked) == 1 else f"{task.asked}:{task.version}",
        )
        for task in tasks
    ]


def spelled(task: Task) -> str:
    """A model by its own name, with version and parameters: what decides which results it gives."""
    return f"{task.name}:{task.version}{written(task.parameters)}"
