"""What a run of `tonearm batch` does with its output: which sources are new to it, and what becomes of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

from tonearm.cli.backend import Outcome
from tonearm.cli.listing import Listing, exist, stored_name
from tonearm.cli.progress import Progress
from tonearm.cli.source import Source
from tonearm.config import Settings
from tonearm.networks.store import weights
from tonearm.parquet.keys import Keys
from tonearm.parquet.known import Known
from tonearm.parquet.manifest import record
from tonearm.parquet.parts import Parts
from tonearm.parquet.tables import Tables
from tonearm.parquet.track import key_of
from tonearm.parquet.writer import Writer
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task
from tonearm.results.requested import requested_models


class BatchRun:
    def __init__(
        self, output: Path, parts: Parts, listing: Listing, server: str | None, settings: Settings, progress: Progress
    ) -> None:
        self._output, self._parts, self._listing = output, parts, listing
        self._server, self._settings = server, settings
        self._progress = progress
        self.known = Known(parts, exist)
        self._writer: Writer | None = None

    def plan(self, catalog: Catalog, tasks: tuple[Task, ...]) -> Iterator[Source]:
        """What the output has not yet. Raises OtherModels, and OSError."""
        asked = requested_models(catalog, tasks)
        networks = {} if self._server else weights(self._settings.models_dir)
        record(self._output, asked, networks, self._server, self._settings.caps)
        self._writer = Writer(self._parts, Tables(asked), self.known)
        if self._progress.watched and self._listing.again:
            # To tell the time left; listing takes a small part of the time of analysing.
            counted = self._new(self._listing.copy())
            Thread(target=self._progress.expect, args=(counted,), daemon=True).start()
        return _once(self._new(self._listing))

    def take(self, outcome: Outcome) -> None:
        """Raises OSError where it cannot be written."""
        assert self._writer is not None, "the plan comes first"
        self._writer.add(stored_name(outcome.source), outcome.source.size, outcome.analysis)

    def end(self) -> None:
        """Write what is kept. Raises OSError."""
        if self._writer is not None:
            self._writer.flush()

    def _new(self, listing: Listing) -> Iterator[Source]:
        return (each for each in listing.sources() if key_of(stored_name(each)) not in self.known.sources)


def _once(sources: Iterator[Source]) -> Iterator[Source]:
    begun = Keys()
    for source in sources:
        if (key := key_of(stored_name(source))) not in begun:
            begun.add(key)
            yield source
