"""The grid that the beats of a track lie on, as the programs of DJs want it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from statistics import linear_regression
from typing import Any, NamedTuple


class GridMark(NamedTuple):
    """A beat from which on the beats are equally long."""

    time: float
    """In seconds."""
    bpm: float
    beat: int
    """Its place in the bar, 1 for the downbeat."""


def grid(result: Mapping[str, Any]) -> tuple[GridMark, ...]:
    """Of a result of `beats`: one mark where the tempo is constant, else one for each tempo of its curve."""
    beats: list[float] = result["beats"]
    numbers = dict(zip(beats, result["beat_numbers"] or (), strict=False))
    if result["tempo_curve"]:
        return tuple(
            GridMark(each["time"], each["tempo"], numbers.get(each["time"], 1)) for each in result["tempo_curve"]
        )
    if len(beats) < 2:
        return ()
    # A tempo to 0.1 bpm is a tenth of a second off after some minutes. Of the line through all beats it is not.
    period, indices = 60 / result["tempo"], [0]
    for before, after in pairwise(beats):
        indices.append(indices[-1] + max(1, round((after - before) / period)))
    slope, start = linear_regression(indices, beats)
    first = next((index for index, beat in zip(indices, beats, strict=True) if numbers.get(beat, 1) == 1), 0)
    while start + first * slope < 0:
        first += result["metre"] or 1
    return (GridMark(start + first * slope, 60 / slope, 1),)
