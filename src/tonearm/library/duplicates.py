"""Tracks that are the same recording: in other formats, at other levels, as other masters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from tonearm.library.library import Library
from tonearm.library.mixing import Mixing
from tonearm.library.track import Track

SAME = 0.95
"""Similarity from which two vectors of `embedding:1` are of one recording.

Four of five masters have it, nearly all other formats, and no other music (bench/results/similarity.json)."""
_SECONDS = 3.0
"""By how much its lengths differ at most: encoders and masters add silence or take some away."""
_BLOCK = 256
_PER_CENT = 2.0
"""By how much its tempi differ, as they are found in two versions of it."""


def duplicates(library: Library, same: float = SAME) -> list[list[Track]]:
    """Groups in the order of their sources: each track is that similar to one of its group, about as long as all of
    them, and neither in another key nor at another tempo, where both are certain. A track alone is a group if it has
    several sources.

    Compares only tracks of about one length: with 100,000 of 1 to 10 minutes, one in a hundred.
    """
    groups = [[track] for track in library.tracks]
    for _, one, other in sorted(_pairs(library, same), reverse=True):
        if groups[one] is not groups[other] and all(may_be_same(*pair) for pair in product(groups[one], groups[other])):
            groups[one] += groups[other]
            for track in groups[other]:
                groups[library.row(track.id)] = groups[one]
    found = list({id(group): sorted(group, key=_source) for group in groups}.values())
    several = [group for group in found if len(group) > 1 or len(library.sources(group[0])) > 1]
    return sorted(several, key=lambda group: group[0].source)


def may_be_same(one: Track, other: Track) -> bool:
    """Whether their lengths, keys and tempi are of one recording, as far as they are certain."""
    if one.seconds is not None and other.seconds is not None and abs(one.seconds - other.seconds) > _SECONDS:
        return False
    key = one.key is not None and other.key is not None
    tempo = _PER_CENT if one.tempo and other.tempo else None
    return Mixing(key, tempo).mixes(one, other)


def _pairs(library: Library, same: float) -> Iterator[tuple[float, int, int]]:
    """How similar two tracks are, and their rows."""
    lengths = np.array([np.inf if track.seconds is None else track.seconds for track in library.tracks])
    order = np.argsort(lengths, kind="stable")
    lengths, vectors = lengths[order], library.vectors[order]
    for begin in range(0, len(order), _BLOCK):
        end = min(begin + _BLOCK, len(order))
        last = int(np.searchsorted(lengths, lengths[end - 1] + _SECONDS, "right"))
        similarities = vectors[begin:end] @ vectors[begin:last].T
        for one, other in np.argwhere(similarities >= same):
            rows = int(order[begin + one]), int(order[begin + other])
            if one < other and may_be_same(library.tracks[rows[0]], library.tracks[rows[1]]):
                yield float(similarities[one, other]), *rows


def _source(track: Track) -> str:
    return track.source
