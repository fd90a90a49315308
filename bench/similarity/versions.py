"""One part of each recording in the formats and masters that people have of it: is it found again?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from tools.similarity.recordings import sound
from tools.similarity.variants import CODECS, in_codec, others

from bench.data import Data
from bench.similarity.systems import embedding
from tonearm.library.duplicates import SAME

_SECONDS, _SKIPPED = 20.0, 10.0
_SHORTEST = 10.0
_REFERENCE = "FLAC"
THRESHOLDS = (0.9, SAME, 0.98)


class Version(Data):
    """How similar it is to the FLAC of the same part, against the FLACs of all other recordings."""

    name: str
    count: int
    least: float
    median: float
    first: float
    """Share of those whose own FLAC is the nearest."""
    found: tuple[float, ...]
    """Share that is at least as similar as each of the THRESHOLDS."""


class Versions(Data):
    versions: list[Version]
    others: int
    """Pairs of different recordings."""
    wrong: tuple[int, ...]
    """Those of them that are at least as similar as each of the THRESHOLDS."""
    most: float
    """How similar the most similar of them are."""


def versions(paths: Sequence[Path]) -> Versions:
    """Of recordings that are long enough; key, tempo and length of a duplicate are not looked at here."""
    heard = [dict(_vectors(path)) for path in paths]
    heard = [each for each in heard if each and all(vector is not None for vector in each.values())]
    flac = np.array([each[_REFERENCE] for each in heard])
    apart = (flac @ flac.T)[np.triu_indices(len(flac), 1)]
    return Versions(
        versions=[
            _version(name, np.array([each[name] for each in heard]) @ flac.T) for name in heard[0] if name != _REFERENCE
        ],
        others=len(apart),
        wrong=tuple(int((apart >= threshold).sum()) for threshold in THRESHOLDS),
        most=float(apart.max()),
    )


def _vectors(path: Path) -> Iterator[tuple[str, list[float] | None]]:
    samples, rate = sound(path, _SECONDS, _SKIPPED)
    if samples.shape[1] >= _SHORTEST * rate:
        for name in CODECS:
            yield name, embedding(in_codec(name, samples, rate))
        for name, data in others(samples, rate):
            yield name, embedding(data)


def _version(name: str, similarities: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Version:
    own = np.diag(similarities)
    return Version(
        name=name,
        count=len(own),
        least=float(own.min()),
        median=float(np.median(own)),
        first=float((similarities.argmax(axis=1) == np.arange(len(own))).mean()),
        found=tuple(float((own >= threshold).mean()) for threshold in THRESHOLDS),
    )
