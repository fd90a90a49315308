"""CSV: one row for each source."""

from __future__ import annotations

import csv
import io
from typing import Any, ClassVar

from tonearm.cli.backend import Outcome
from tonearm.cli.formats.output import write
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task
from tonearm.results.requested import requested_models
from tonearm.results.single_values import single_values


class Csv:
    """The file, each single value of each model, what failed, and what to know of the audio.

    Lists, such as beats and curves, have no column.
    """

    immediate: ClassVar[bool] = True

    def ready(self, catalog: Catalog, tasks: tuple[Task, ...]) -> None:
        self._columns = [
            (each, field) for each in requested_models(catalog, tasks) for field in single_values(each.card)
        ]
        self._write(
            ["file", *(".".join((each.name, *field.path)) for each, field in self._columns), "error", "warning"]
        )

    def write(self, outcome: Outcome) -> None:
        cells = [one.of(each.result(outcome.analysis)) for each, one in self._columns]
        errors = " ".join(failure.words for failure in outcome.analysis.errors)
        warnings = " ".join(warning.message for warning in outcome.analysis.warnings)
        self._write([outcome.source.name, *cells, errors, warnings])

    def end(self) -> None:
        """Nothing is kept."""

    def _write(self, cells: list[Any]) -> None:
        row = io.StringIO(newline="")
        csv.writer(row, lineterminator="\n").writerow(cells)
        write(row.getvalue().encode("utf-8", "surrogateescape"))
