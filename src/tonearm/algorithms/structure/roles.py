"""What sections do in a track: intro, outro, and the builds and drops of dance music."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Role = Literal["intro", "outro", "build", "drop"]

_SOFTER = 0.9
"""An intro or outro has less than so much of the usual energy,"""
_AT_MOST = 0.25
"""and takes no more of the track."""
_FEWEST = 3
"""Sections of a track that has any."""
_SLOWEST, _FASTEST = 100.0, 190.0
"""bpm of dance music, which has four beats in a bar,"""
_UNEVEN, _STEADY = 0.04, 0.8
"""and most of whose bars are equally long."""
_AROUND = 4
"""Bars before and after a drop that are compared."""
_BEATEN = 0.65
"""Share of the strongest bass beat of a track (its 90th percentile) that a drop has, and what is before it has not."""
_AWAY = 0.6
"""Share of that which one of the two sections before a drop stays below."""
_STRONGEST = 90
_RISE = 0.02
"""How much more energy the drop has."""
_BUILDING = 8
"""Bars that build up, and how well energy then follows a line upwards."""
_STRAIGHT = 0.5


@dataclass(frozen=True)
class Heard:
    """Of each bar, shape (bars,)."""

    energy: Floats
    bass_beat: Floats
    """How much the bands of the bass rise from frame to frame, as kick drums make them."""
    seconds: Floats


def is_dance(tempo: float | None, metre: int | None, downbeats: Floats) -> bool:
    """Whether drops can be told: in other music, a bass that comes in means nothing of the kind."""
    if tempo is None or metre != 4 or not _SLOWEST <= tempo <= _FASTEST or len(downbeats) < _FEWEST:
        return False
    lengths = np.diff(downbeats)
    usual = float(np.median(lengths))
    return bool(np.mean(np.abs(lengths - usual) <= _UNEVEN * usual) >= _STEADY)


def roles(borders: Ints, labels: Sequence[str], heard: Heard, dance: bool) -> list[Role | None]:
    """Of each section between the borders, in bars."""
    count = len(borders) - 1
    found: list[Role | None] = [None] * count
    if count < _FEWEST:
        return found
    if dance:
        for section in range(1, count):
            if _drops(borders, section, heard):
                found[section] = "drop"
                if found[section - 1] is None and _builds(heard.energy[borders[section - 1] : borders[section]]):
                    found[section - 1] = "build"
    energies = [float(heard.energy[begin:end].mean()) for begin, end in itertools.pairwise(borders)]
    lengths = [float(heard.seconds[begin:end].sum()) for begin, end in itertools.pairwise(borders)]
    usual = float(np.median(energies))
    ends: tuple[tuple[int, Role], ...] = ((0, "intro"), (count - 1, "outro"))
    for section, role in ends:
        short = lengths[section] <= _AT_MOST * sum(lengths)
        apart = labels.count(labels[section]) == 1 or energies[section] < _SOFTER * usual
        if found[section] is None and short and apart and energies[section] < usual:
            found[section] = role
    return found


def _drops(borders: Ints, section: int, heard: Heard) -> bool:
    first = int(borders[section])
    last = int(borders[section - 1])
    before = slice(max(last, first - _AROUND), first)
    behind = slice(first, min(int(borders[section + 1]), first + _AROUND))
    beaten = _BEATEN * float(np.percentile(heard.bass_beat, _STRONGEST))
    # A break and a build may be two sections, of which the build's drums have some bass.
    away = min(heard.bass_beat[begin : borders[place + 1]].mean() for place, begin in _two_before(borders, section))
    back = heard.bass_beat[last : last + _AROUND].mean() >= beaten
    returns = away < _AWAY * beaten and not back and heard.bass_beat[behind].mean() >= beaten
    rises = heard.energy[behind].mean() - heard.energy[before].mean() >= _RISE
    full = heard.energy[behind].mean() >= np.median(heard.energy)
    return bool(returns and rises and full and heard.energy[before].mean() > 0)


def _two_before(borders: Ints, section: int) -> list[tuple[int, int]]:
    """The places and first bars of the two sections before one."""
    return [(place, int(borders[place])) for place in range(max(0, section - 2), section)]


def _builds(energy: Floats) -> bool:
    rising = energy[-_BUILDING:]
    if len(rising) < _AROUND or rising.std() == 0:
        return False
    return bool(np.corrcoef(np.arange(len(rising)), rising)[0, 1] >= _STRAIGHT)
