"""Beats of one tempo from beginning to end, as machines time them, and bands that play to a click.

Where a break hides the beat, a tracker that may follow every change of tempo loses it and comes back between two beats.
Music of one tempo is heard on the same grid before the break and behind it.

The grid is found as pulsars are, by folding: D. A. Leahy et al.: On searches for pulsed emission with application to
four globular cluster X-ray sources. The Astrophysical Journal 266, 1983.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.rhythm.pulse import pulse

Floats = NDArray[np.float64]

_FEWEST = 33
"""Beats below which there is no break to get over."""
_SPAN = 8
"""Beats that the tempo to begin with is of: the median of many spans, some of which have lost the beat."""
_RANGE = 0.015
"""How far the tempo of the grid may be from that."""
_DRIFT = 0.5
"""Frames from one period that is tried to the next, at the end of the audio."""
_BINS = 48
"""Phases within a period."""
_WIDTH = 1.5
"""Frames to either side of a beat in which it is heard."""
_AS_GOOD = 0.75
"""Share of the pulse of free beats that the grid must have.

Of 28 songs of rhythm games, a grid with more is the right one for all that are counted at the right tempo, and one with
less for one of four. Beats that swing by 80 ms about a steady tempo leave less than half.
"""


def steady_beats(strength: Floats, beats: Floats) -> Floats | None:
    """The beats of one tempo that explain the strength as well as these, which need not be; None if none do.

    `strength`, shape (frames,), is how likely there is a beat in each frame. `beats`, in ascending order, and the
    result, which goes through all frames, are in frames, float64, shape (n,).
    """
    if len(beats) < _FEWEST:
        return None
    about = float(np.median(beats[_SPAN:] - beats[:-_SPAN])) / _SPAN
    periods = np.arange(about * (1 - _RANGE), about * (1 + _RANGE), _DRIFT * about / len(strength))
    heard, phases = _fold(strength, periods)
    best = int(heard.argmax())
    period, phase = periods[best], phases[best] % periods[best]
    grid = np.asarray(np.arange(phase, len(strength) - 1, period), np.float64)
    return grid if pulse(strength, grid) >= _AS_GOOD * pulse(strength, beats) else None


@compiled
def _fold(strength: Floats, periods: Floats) -> tuple[Floats, Floats]:
    """The most of the strength that is around one phase of each period, and that phase, in frames."""
    heard, phases = np.zeros(periods.size), np.zeros(periods.size)
    folded = np.zeros(_BINS)
    for i in range(periods.size):
        period = periods[i]
        folded[:] = 0
        for frame in range(strength.size):
            turns = frame / period
            folded[min(int((turns - np.floor(turns)) * _BINS), _BINS - 1)] += strength[frame]
        width = max(1, int(_WIDTH / period * _BINS + 0.5))
        for phase in range(_BINS):
            total, moment = 0.0, 0.0
            for offset in range(-width, width + 1):
                value = folded[(phase + offset) % _BINS]
                total += value
                moment += offset * value
            if total > heard[i]:
                heard[i] = total
                phases[i] = (phase + 0.5 + moment / total) / _BINS * period
    return heard, phases
