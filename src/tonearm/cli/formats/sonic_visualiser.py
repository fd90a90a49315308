"""CSV that Sonic Visualiser imports as a layer of regions: start and duration in seconds, and the words."""

from __future__ import annotations

import csv
import io
from typing import ClassVar

from tonearm.cli.backend import Outcome
from tonearm.cli.formats.output import write
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task
from tonearm.results.labels import labels


class SonicVisualiser:
    """Of one source: a label does not say to which it belongs."""

    immediate: ClassVar[bool] = True

    def ready(self, catalog: Catalog, tasks: tuple[Task, ...]) -> None:
        """It wants no heading."""

    def write(self, outcome: Outcome) -> None:
        rows = io.StringIO(newline="")
        out = csv.writer(rows, lineterminator="\n")
        for label in labels(outcome.analysis):
            out.writerow((f"{label.start:.6f}", f"{label.end - label.start:.6f}", label.words))
        write(rows.getvalue().encode())

    def end(self) -> None:
        """Nothing is kept."""
