"""The tracks of a library with their vectors, and which are near to one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tonearm.library.track import Track

Vectors = NDArray[np.float32]
Mask = NDArray[np.bool_]


_LEAST = 1e-30
"""A length that nothing is divided by."""


class UnknownTrack(LookupError):
    """There is no such track in the library."""


@dataclass(frozen=True)
class Match:
    track: Track
    similarity: float
    """The cosine of the angle between both vectors, 1 for the same sound; 0 also where it is negative."""


class Library:
    def __init__(
        self, tracks: Sequence[Track], vectors: Vectors, sources: Mapping[str, str], embedding: str = "embedding:1"
    ) -> None:
        """`vectors` has a row of unit length for each track, shape (tracks, n), of the model `embedding`; `sources`
        names the track of each source.
        """
        self.embedding = embedding
        self.tracks = tracks
        self.vectors = vectors
        self._sources = sources
        self._rows = {track.id: row for row, track in enumerate(tracks)}

    def joined(self, tracks: Sequence[Track], vectors: Vectors) -> Library:
        """With these tracks as its last rows."""
        return Library([*self.tracks, *tracks], np.concatenate((self.vectors, vectors)), self._sources, self.embedding)

    def sources(self, track: Track) -> list[str]:
        """Where the track was found, in the order in which it was."""
        return self._places.get(track.id, [])

    @cached_property
    def tempi(self) -> NDArray[np.float64]:
        """In bpm, shape (tracks,); NaN where there is none that is certain."""
        return np.array([track.tempo or np.nan for track in self.tracks], np.float64)

    @cached_property
    def keys(self) -> NDArray[np.str_]:
        """Camelot codes, shape (tracks,); "" where there is none that is certain."""
        return np.array([track.key.camelot if track.key else "" for track in self.tracks], np.str_)

    @cached_property
    def _places(self) -> dict[str, list[str]]:
        places: dict[str, list[str]] = defaultdict(list)
        for source, name in self._sources.items():
            places[name].append(source)
        return places

    def __len__(self) -> int:
        return len(self.tracks)

    def row(self, name: str) -> int:
        """Of the track with this id, or of this source. Raises UnknownTrack."""
        row = self._rows.get(self._sources.get(name, name))
        if row is None:
            raise UnknownTrack(f"{name} is not in this library.")
        return row

    def similarities(self, vector: Vectors) -> Vectors:
        """To each track, shape (tracks,), of a vector of unit length."""
        return np.asarray(np.clip(self.vectors @ vector, 0, 1), np.float32)

    def nearest(self, vector: Vectors, among: Mask, count: int) -> list[Match]:
        """The `count` most similar of the tracks in `among`, shape (tracks,), the most similar first."""
        similarities = np.where(among, self.similarities(vector), -1)
        count = min(count, int(among.sum()))
        rows = np.argpartition(-similarities, count - 1)[:count] if count else np.empty(0, int)
        order = rows[np.lexsort((rows, -similarities[rows]))]
        return [Match(self.tracks[row], float(similarities[row])) for row in order]

    def except_for(self, rows: Sequence[int]) -> Mask:
        """All tracks but these."""
        among = np.ones(len(self), bool)
        among[list(rows)] = False
        return among


def middle(vectors: Vectors) -> Vectors:
    """The direction of several vectors of unit length, shape (several, n): shape (n,), of unit length."""
    return unit(vectors.sum(axis=0))


def unit(vector: NDArray[np.floating]) -> Vectors:
    """At its length 1; zero stays zero."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), _LEAST), np.float32)
