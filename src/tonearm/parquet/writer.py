"""Rows become parts: bounded in memory, and often enough that a kill costs little."""

from __future__ import annotations

from collections import defaultdict
from time import monotonic

import pyarrow as pa

from tonearm.parquet.known import Known
from tonearm.parquet.parts import SOURCES, Parts
from tonearm.parquet.tables import Rows, Tables
from tonearm.results.analysis import Analysis

_MOST_ROWS = 2000
_MOST_BYTES = 64 << 20
_SHARE = 0.1
"""Of the time so far that a part may hold: a kill costs no more of it."""
_SHORTEST_SECONDS, _LONGEST_SECONDS = 1.0, 60.0


class Writer:
    """Keeps at most 2000 sources or 64 MiB, for at most a minute, or a tenth of the time since it was made."""

    def __init__(self, parts: Parts, tables: Tables, known: Known) -> None:
        self._parts, self._tables, self._known = parts, tables, known
        self._rows: dict[str, list[pa.RecordBatch]] = defaultdict(list)
        self._bytes = 0
        self._begun = self._flushed = monotonic()

    def add(self, source: str, size: int | None, analysis: Analysis) -> None:
        """Raises OSError where a part cannot be written."""
        track = self._tables.track(source, analysis)
        self._keep(self._tables.source(source, size, track, analysis))
        if self._known.add(track, bool(analysis.errors)) and track is not None:
            self._keep(self._tables.results(source, track, analysis))
        if len(self._rows[SOURCES]) >= _MOST_ROWS or self._bytes >= _MOST_BYTES or self._is_old():
            self.flush()

    def flush(self) -> None:
        """Write what is kept. Raises OSError."""
        if self._rows:
            self._parts.append({table: pa.Table.from_batches(rows) for table, rows in self._rows.items()})
        self._rows.clear()
        self._bytes = 0
        self._flushed = monotonic()

    def _keep(self, rows: Rows) -> None:
        for table, batch in rows.items():
            self._rows[table].append(batch)
            self._bytes += batch.nbytes

    def _is_old(self) -> bool:
        longest = _SHARE * (self._flushed - self._begun)
        return monotonic() - self._flushed > min(max(longest, _SHORTEST_SECONDS), _LONGEST_SECONDS)
