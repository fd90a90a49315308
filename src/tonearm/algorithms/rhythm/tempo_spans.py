"""Where a track has which tempo: one span of most songs, one of each track in a DJ's mix."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled_strictly
from tonearm.algorithms.rhythm.tempo_classes import SLOWEST, likeliest_tempo, related, same_tempo

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LEAST = 1e-4
_JUMP = 20.0
"""Log odds that a new tempo needs: two windows that are quite sure, or half a minute of those that are not."""


@dataclass(frozen=True)
class TempoSpan:
    """Windows from `begin` up to `end` have about the tempo `bpm`, and never one below `slowest` or above `fastest`."""

    begin: int
    end: int
    bpm: float
    slowest: float
    fastest: float


def tempo_spans(windows: Floats, bpm: float) -> list[TempoSpan]:
    """Spans in order, without gaps, of a track whose tempo is `bpm` for the most part.

    `windows` is float, shape (windows, classes): probabilities of the tempi of `tempo_classes`. A span at half, twice
    or another of its ratios is one of `bpm`: the music goes on, and only its beats are counted otherwise.
    """
    path = _path(np.log(np.maximum(windows, _LEAST)), _JUMP)
    borders = [0, *(np.flatnonzero(np.abs(np.diff(path)) > 1) + 1).tolist(), len(path)]
    spans: list[TempoSpan] = []
    for begin, end in pairwise(borders):
        found = likeliest_tempo(windows[begin:end].mean(axis=0))
        ratio = related(found, bpm) or 1.0
        ways = (SLOWEST + path[begin:end]) / ratio
        here = TempoSpan(begin, end, found / ratio, float(ways.min()), float(ways.max()))
        if spans and same_tempo(here.bpm, spans[-1].bpm):
            before = spans.pop()
            slowest, fastest = min(before.slowest, here.slowest), max(before.fastest, here.fastest)
            here = TempoSpan(before.begin, end, before.bpm, slowest, fastest)
        spans.append(here)
    return spans


@compiled_strictly
def _path(scores: Floats, jump: float) -> Ints:
    """The likeliest class of each window, where the next class to either side costs nothing and any other `jump`."""
    windows, classes = scores.shape
    came = np.empty((windows, classes), np.int16)
    best = scores[0].copy()
    after = np.empty(classes)
    for window in range(1, windows):
        top = best.argmax()
        for k in range(classes):
            origin = k
            for near in range(max(0, k - 1), min(classes, k + 2)):
                if best[near] > best[origin]:
                    origin = near
            if best[top] - jump > best[origin]:
                origin = top
                value = best[top] - jump
            else:
                value = best[origin]
            came[window, k] = origin
            after[k] = value + scores[window, k]
        best, after = after, best
    path = np.empty(windows, np.int64)
    path[-1] = best.argmax()
    for window in range(windows - 1, 0, -1):
        path[window - 1] = came[window, path[window]]
    return path
