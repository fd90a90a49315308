"""What questions to a library of 100,000 tracks take, whose vectors are by chance."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np

from bench.data import Data
from tonearm.algorithms.similarity.projection import DIMENSIONS
from tonearm.library.duplicates import duplicates
from tonearm.library.library import Library
from tonearm.library.mixing import Mixing
from tonearm.library.path import path
from tonearm.library.track import Track
from tonearm.results.music import MAJOR, Key

TRACKS = 100_000
_TIMES = 9


class Searching(Data):
    """Wall-clock seconds."""

    tracks: int
    megabytes: float
    nearest: float
    filtered: float
    path: float
    duplicates: float


def searching() -> Searching:
    chance = np.random.default_rng(0)
    vectors = chance.normal(size=(TRACKS, DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    keys = [Key(tonic, "major") for tonic in MAJOR]
    lengths, tempi = chance.uniform(60, 600, TRACKS), chance.uniform(60, 180, TRACKS)
    tracks = [
        Track(f"{row:032x}", f"{row}.mp3", float(lengths[row]), keys[row % 12], float(tempi[row]))
        for row in range(TRACKS)
    ]
    library = Library(tracks, vectors, {})
    among = library.except_for([0])
    mixing = Mixing(key=True, tempo=6)

    def nearest() -> None:
        library.nearest(vectors[0], among, 10)

    def filtered() -> None:
        library.nearest(vectors[0], among & mixing.of(tracks[0], library), 10)

    begun = perf_counter()
    assert not duplicates(library)
    took = perf_counter() - begun
    return Searching(
        tracks=TRACKS,
        megabytes=vectors.nbytes / 1e6,
        nearest=_seconds(nearest),
        filtered=_seconds(filtered),
        path=_seconds(lambda: path(library, 0, 1, 25, Mixing())),
        duplicates=took,
    )


def _seconds(question: Callable[[], object]) -> float:
    times = []
    for _ in range(_TIMES):
        begun = perf_counter()
        question()
        times.append(perf_counter() - begun)
    return median(times)
