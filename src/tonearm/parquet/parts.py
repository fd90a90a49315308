"""The parts of the tables: written once, whole, and counted only when `sources` has them."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tonearm.parquet.durable import TEMPORARY, written_whole

SOURCES: Final = "sources"
TRACKS: Final = "tracks"
RESULTS: Final = "results"


class OutputInUse(OSError):
    """Another process writes into this folder."""


class Parts:
    """Those of one output folder, for one process at a time: removes what an earlier one had begun and not finished.

    Raises OutputInUse, and OSError.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        # The lock goes with the process, however that ends.
        self._lock = (folder / ".lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise OutputInUse(f"{folder}: another `tonearm batch` writes into this folder.") from error
        self._whole = {path.name for path in (folder / SOURCES).glob("*.parquet")}
        for table in (SOURCES, TRACKS, RESULTS):
            for path in (folder / table).rglob("part-*"):
                if path.suffix == TEMPORARY or path.name not in self._whole:
                    path.unlink()
        self._last = max((int(name[5:-8]) for name in self._whole), default=0)

    def close(self) -> None:
        """Let another process have the folder."""
        self._lock.close()

    def read(self, *columns: str) -> Iterator[pa.Table]:
        """These columns of each part of `sources`."""
        for name in sorted(self._whole):
            yield pq.read_table(self._folder / SOURCES / name, columns=list(columns), partitioning=None)

    def append(self, tables: Mapping[str, pa.Table]) -> None:
        """A part of each table, by the folder of the table; `sources` is among them."""
        self._last += 1
        name = f"part-{self._last:06}.parquet"
        for table in sorted(tables, key=SOURCES.__eq__):
            with written_whole(self._folder / table / name) as path:
                pq.write_table(tables[table], path, compression="zstd")
        self._whole.add(name)

    def forget_failed(self) -> None:
        """Take out the sources that failed, their tracks, and other sources of these: they are analysed again."""
        tracks = pa.array([], pa.string())
        for table in self.read("track", "error"):
            failed = table.filter(pc.is_valid(table["error"]))["track"].drop_null().combine_chunks()
            tracks = pa.concat_arrays([tracks, failed])
        # What failed goes last: while it is there, it is found again, and with it all that has to go.
        for name in sorted(self._whole):
            self._keep(
                self._folder / SOURCES / name, lambda rows: pc.or_(pc.is_valid(rows["error"]), _others(rows, tracks))
            )
            for path in (self._folder / TRACKS / name, *(self._folder / RESULTS).rglob(name)):
                self._keep(path, lambda rows: _others(rows, tracks))
        for name in sorted(self._whole):
            self._keep(self._folder / SOURCES / name, lambda rows: pc.is_null(rows["error"]))

    def _keep(self, path: Path, which: Callable[[pa.Table], pa.Array]) -> None:
        """Only these rows of a part."""
        if not path.exists():
            return
        rows = pq.read_table(path, partitioning=None)
        kept = rows.filter(which(rows))
        if kept.num_rows < rows.num_rows:
            with written_whole(path) as place:
                pq.write_table(kept, place, compression="zstd")


def _others(rows: pa.Table, tracks: pa.Array) -> pa.Array:
    """Which rows are not of these tracks."""
    return pc.invert(pc.is_in(rows["track"], value_set=tracks))
