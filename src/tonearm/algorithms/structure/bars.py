"""The grid that sections begin on: bars, or what stands for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Kind = Literal["bars", "beats", "seconds"]

_BEATS = 4
"""Of those that stand for a bar where bars are not known."""
_SECONDS = 2.0
MOST = 1024
"""Units that are compared with one another. Of longer audio, each is two bars, or four, …"""
_FEWEST = 4


@dataclass(frozen=True)
class Grid:
    kind: Kind
    """What a unit is made of: bars, four beats, or 2 s."""
    borders: Floats
    """In s, from 0 to the end of the audio: float64, shape (units + 1,)."""
    width: int
    """How many of these make a unit."""


def grid(beats: list[float], downbeats: list[float], seconds: float) -> Grid:
    """Of audio that lasts so long, by its downbeats, or else its beats; in s."""
    kind: Kind
    if len(downbeats) >= _FEWEST:
        kind, marks = "bars", np.array(downbeats)
    elif len(beats) >= _FEWEST * _BEATS:
        kind, marks = "beats", np.array(beats[::_BEATS])
    else:
        kind, marks = "seconds", np.arange(0.0, max(seconds, _SECONDS), _SECONDS)
    marks = _to_the_ends(marks, seconds)
    width = 1
    while (len(marks) - 1) / width > MOST:
        width *= 2
    inner = marks[1:-1]
    return Grid(kind, np.concatenate(([0.0], inner[::width], [seconds])), width)


def _to_the_ends(marks: Floats, seconds: float) -> Floats:
    """As far apart as most before the first mark and behind the last one; less than half of that is no unit."""
    usual = float(np.median(np.diff(marks))) if len(marks) > 1 else _SECONDS
    before = np.arange(marks[0] - usual, usual / 2, -usual)[::-1]
    behind = np.arange(marks[-1] + usual, seconds - usual / 2, usual)
    inner = np.concatenate((before, marks, behind))
    inner = inner[(inner > usual / 2) & (inner < seconds - usual / 2)]
    return np.concatenate(([0.0], inner, [seconds]))
