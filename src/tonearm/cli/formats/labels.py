"""Label tracks of Audacity: a line for each label, with its start and end in seconds and its words, apart by tabs."""

from __future__ import annotations

from typing import ClassVar

from tonearm.cli.backend import Outcome
from tonearm.cli.formats.output import write
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task
from tonearm.results.labels import labels


class Labels:
    """Of one source: a label does not say to which it belongs."""

    immediate: ClassVar[bool] = True

    def ready(self, catalog: Catalog, tasks: tuple[Task, ...]) -> None:
        """Nothing comes before the first label."""

    def write(self, outcome: Outcome) -> None:
        for label in labels(outcome.analysis):
            write(f"{label.start:.6f}\t{label.end:.6f}\t{label.words}\n".encode())

    def end(self) -> None:
        """Nothing is kept."""
