"""The output of `tonearm batch` as a library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tonearm.library.library import Library
from tonearm.library.track import Track
from tonearm.parquet.parts import RESULTS, SOURCES, TRACKS
from tonearm.results.music import Key

EMBEDDING = "embedding"
"""The model, and the field of the result of every model that gives one."""
_TRACK_COLUMNS = {
    "seconds": "audio_1_duration",
    "codec": "audio_1_codec",
    "sample_rate": "audio_1_sample_rate",
    "channels": "audio_1_channels",
    "key": "key_2_key",
    "scale": "key_2_scale",
    "key_certainty": "key_2_certainty",
    "tempo": "beats_1_tempo",
    "tempo_certainty": "beats_1_certainty",
}
_CERTAIN = "certain"


class NoLibrary(LookupError):
    """The folder is none, or has not the embedding that was asked for."""


def read(folder: Path, embedding: str | None = None) -> Library:
    """The tracks that have an embedding: `embedding` where the folder has it, else the only one, or the one that is
    named, as `name` or `name:version`.

    Raises NoLibrary, and OSError.
    """
    name, chosen = _chosen(folder, embedding)
    known = {each["track"]: each for each in _rows(folder / TRACKS, ["track", "source", *_TRACK_COLUMNS.values()])}
    tracks: list[Track] = []
    vectors: list[NDArray[np.float32]] = []
    for part in _whole(folder, chosen):
        table = pq.read_table(part, columns=["track", "result"], partitioning=None)
        result = table["result"].combine_chunks()
        found = pc.struct_field(result, EMBEDDING)
        there = pc.is_valid(found)
        found_tracks = table["track"].filter(there).to_pylist()
        values = pc.list_flatten(found.filter(there)).to_numpy(zero_copy_only=False)
        if found_tracks:
            vectors.append(_unit_rows(values.reshape(len(found_tracks), -1)))
            tracks += [_track(known[each]) for each in found_tracks]
    if not tracks:
        raise NoLibrary(f"{folder} has no track with an embedding.")
    return Library(tracks, np.concatenate(vectors), dict(_sources(folder)), name)


def parts(folder: Path) -> frozenset[str]:
    """The names of the parts that are whole: others mean that the library has changed."""
    return frozenset(path.name for path in (folder / SOURCES).glob("*.parquet"))


def _chosen(folder: Path, embedding: str | None) -> tuple[str, Path]:
    """The embedding, as `name:version`, and the folder of its results."""
    if not (folder / "manifest.json").is_file():
        raise NoLibrary(f"{folder} is no library: make one with `tonearm library index FOLDER --library {folder}`.")
    there = {
        f"{path.parent.name.removeprefix('model=')}:{path.name.removeprefix('version=')}": path
        for path in sorted((folder / RESULTS).glob("model=*/version=*"))
        if _has_embedding(path)
    }
    if not there:
        raise NoLibrary(
            f"{folder} has no embedding of its tracks. `tonearm library index FOLDER --library OTHER` makes a library "
            "in another folder."
        )
    if embedding is None:
        default = f"{EMBEDDING}:1"
        if default not in there and len(there) > 1:
            raise NoLibrary(f"{folder} has several embeddings: name one of {', '.join(there)} with --embedding.")
        embedding = default if default in there else next(iter(there))
    for name, path in there.items():
        if embedding in (name, name.partition(":")[0]):
            return name, path
    raise NoLibrary(f"{folder} has no embedding {embedding}, but {', '.join(there)}.")


def _has_embedding(folder: Path) -> bool:
    part = next(iter(sorted(folder.glob("*.parquet"))), None)
    if part is None:
        return False
    result = pq.read_schema(part).field("result").type
    return pa.types.is_struct(result) and any(
        field.name == EMBEDDING and pa.types.is_list(field.type) for field in result
    )


def _whole(folder: Path, table: Path) -> Iterator[Path]:
    """The parts of a table that `sources` says are whole; not each part has rows in each table."""
    return (path for name in sorted(parts(folder)) if (path := table / name).is_file())


def _rows(table: Path, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    for part in _whole(table.parent, table):
        there = set(pq.read_schema(part).names)
        yield from pq.read_table(
            part, columns=[each for each in columns if each in there], partitioning=None
        ).to_pylist()


def _sources(folder: Path) -> Iterator[tuple[str, str]]:
    """The track of each source."""
    for row in _rows(folder / SOURCES, ["source", "track"]):
        if row["track"] is not None:
            yield row["source"], row["track"]


def _track(row: dict[str, Any]) -> Track:
    value = {name: row.get(column) for name, column in _TRACK_COLUMNS.items()}
    return Track(
        id=row["track"],
        source=row["source"],
        seconds=value["seconds"],
        key=Key(str(value["key"]), str(value["scale"])) if value["key_certainty"] == _CERTAIN else None,
        tempo=value["tempo"] if value["tempo_certainty"] == _CERTAIN else None,
        codec=value["codec"],
        sample_rate=value["sample_rate"],
        channels=value["channels"],
    )


def _unit_rows(values: NDArray[np.float64]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(values / np.maximum(lengths, np.finfo(np.float32).tiny), np.float32)
