"""The same recording in five codecs is its own nearest neighbour among others."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tools.similarity.descriptions import heard
from tools.similarity.recordings import sound
from tools.similarity.variants import in_codec

from tests.support import shared
from tests.support.varied import RATE, STYLES, varied
from tonearm.algorithms.similarity.projection import projected

CODECS = ("FLAC", "MP3", "AAC", "Opus", "WMA")
"""Of Vorbis the encoder takes as long as of all others together."""
SECONDS = 7.0
FEW, MANY = 20, 100
LEAST = 0.99
"""Share of tracks whose versions in all codecs are each nearest to their own FLAC."""

Vectors = NDArray[np.float64]


def vectors(track: int | Path) -> Vectors | None:
    """A row for each codec, shape (codecs, 128); None for a recording that is too short or quiet."""
    samples, rate = (varied(track, SECONDS).samples, RATE) if isinstance(track, int) else sound(track, SECONDS, 20)
    if samples.shape[1] < SECONDS * rate:
        return None
    found = [vector(in_codec(name, samples, rate)) for name in CODECS]
    return None if any(each is None for each in found) else np.array(found)


def vector(data: bytes) -> Vectors | None:
    """What the model gives, without the costs of a registry."""
    whole = heard(data, SECONDS + 1).whole()
    return None if whole is None else projected(whole)


def given() -> Iterator[Path]:
    """Recordings that are long enough."""
    return (Path(row["path"]) for kind in ("key", "voice") for row in shared.table(kind))


def own_is_nearest(found: list[Vectors]) -> NDArray[np.bool_]:
    """Of each track, whether all its versions have its FLAC as the nearest."""
    every = np.array(found)
    flac = every[:, CODECS.index("FLAC")]
    nearest = np.einsum("tcd,fd->tcf", every, flac).argmax(axis=2)
    return np.asarray((nearest == np.arange(len(every))[:, None]).all(axis=1))


@pytest.mark.release
@pytest.mark.timeout(3600)
def test_among_generated_and_given_tracks() -> None:
    """A hundred: five hundred take a quarter of an hour, with the same outcome."""
    recordings = list(given())[: MANY // 2]
    tracks: list[int | Path] = [*recordings, *range(MANY)]
    found = list(islice((each for each in map(vectors, tracks) if each is not None), MANY))
    assert len(found) == MANY
    assert own_is_nearest(found).mean() >= LEAST


@pytest.mark.release
def test_neighbours_are_of_one_style() -> None:
    """By chance one in ten is; the margin is four times as much."""
    flac = np.array([vector(in_codec("FLAC", varied(each, SECONDS).samples, RATE)) for each in range(100)], np.float64)
    similarities = flac @ flac.T - 9 * np.eye(len(flac))
    styles = np.arange(len(flac)) % len(STYLES)
    assert (styles[similarities.argmax(axis=1)] == styles).mean() > 0.5


@pytest.mark.release
def test_among_20() -> None:
    """In the two codecs that change most; the release has more, in five."""
    pairs = []
    for number in range(FEW):
        samples = varied(number, 6).samples
        pairs.append([vector(in_codec(name, samples, RATE)) for name in ("FLAC", "AAC")])
    flac, coded = np.array(pairs).transpose(1, 0, 2)
    assert ((coded @ flac.T).argmax(axis=1) == np.arange(FEW)).all()
