"""Beats and bars of a whole track, from a network's activations and the tempo of each of its spans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.rhythm.bar_pointer import track_bars
from tonearm.algorithms.rhythm.places_in_bar import places_in_bar
from tonearm.algorithms.rhythm.steady_beats import steady_beats

Floats = NDArray[np.float64]
Chroma = NDArray[np.floating]

_FREEDOM = 1.04
"""How much faster or slower than its tempo a beat may be."""
_HEARD = 0.05
"""Activation that something is heard with, as in madmom: beats are tracked from the first to the last."""


@dataclass(frozen=True)
class Stretch:
    """From `begin` to `end`, in s, the music has tempi from `slowest` to `fastest`, in bpm."""

    begin: float
    end: float
    slowest: float
    fastest: float


@dataclass(frozen=True)
class BeatGrid:
    times: list[float]
    """Of the beats, in s."""
    numbers: list[int]
    """The place of each in its bar; 1 is the downbeat."""
    metre: int
    """Beats in a bar: of the longest part of the track."""


def beat_grid(
    activations: Floats, rate: float, chroma: Chroma, chroma_rate: float, stretches: Iterable[Stretch]
) -> BeatGrid | None:
    """The beats of all stretches, which are in order; None if there are fewer than two.

    `activations` is float, shape (frames, 2), at `rate` frames a second: probabilities of a beat that is not the first
    of a bar, and of one that is. `chroma` is float, shape (chroma frames, pitch classes), at `chroma_rate`: how much
    there is of each pitch class, in any unit.
    """
    (heard,) = np.nonzero((activations >= _HEARD).any(axis=1))
    if not len(heard):
        return None
    times: list[float] = []
    numbers: list[int] = []
    metres: dict[int, int] = {}
    for stretch in stretches:
        begin = max(int(heard[0]), round(stretch.begin * rate))
        end = min(int(heard[-1]) + 1, round(stretch.end * rate))
        if begin >= end:
            continue
        shortest = max(2, floor(60 * rate / (stretch.fastest * _FREEDOM)))
        longest = ceil(60 * rate / (stretch.slowest / _FREEDOM))
        bars = track_bars(activations[begin:end], shortest, longest)
        metres[bars.metre] = metres.get(bars.metre, 0) + len(bars.frames)
        heard_here = activations[begin:end]
        steady = steady_beats(heard_here.sum(axis=1), bars.frames.astype(np.float64))
        frames = bars.frames.astype(np.float64) if steady is None else steady
        here = chroma[round(begin * chroma_rate / rate) :]
        places = places_in_bar(heard_here, frames, bars.metre, here, chroma_rate / rate)
        for frame, number in zip(frames.tolist(), places.tolist(), strict=True):
            time = (begin + frame) / rate
            # The last beat of a stretch may be the first of the next.
            if not times or time - times[-1] > shortest / rate / 2:
                times.append(time)
                numbers.append(number)
    if len(times) < 2:
        return None
    return BeatGrid(times, numbers, max(metres, key=metres.__getitem__))
