"""JSON: one line for each source."""

from __future__ import annotations

from typing import ClassVar

from tonearm.cli.backend import Outcome
from tonearm.cli.formats.output import line, write
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task
from tonearm.results.requested import spelled


class JsonLines:
    """`{"file", "models", "results", "errors", "warnings"}`, as soon as a source is done."""

    immediate: ClassVar[bool] = True

    def ready(self, catalog: Catalog, tasks: tuple[Task, ...]) -> None:
        self._models = [spelled(task) for task in tasks]

    def write(self, outcome: Outcome) -> None:
        told = {"file": outcome.source.name, "models": self._models, **outcome.analysis.model_dump()}
        write(line(told))

    def end(self) -> None:
        """Nothing is kept."""
