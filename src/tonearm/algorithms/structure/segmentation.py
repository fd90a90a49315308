"""Where sections begin, on a grid of bars: what is alike stays together, in lengths that music has.

After A. Marmoret, J. E. Cohen, F. Bimbot: Barwise music structure analysis with the correlation block-matching
segmentation algorithm. TISMIR 6(1), 2023. As there, a section is worth the likeness of its bars that are up to seven
apart, and lengths of eight and four bars are preferred. Here, likeness counts from a bound on, so that bars which are
less alike speak for a border, and so does what `repetition` says of borders.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled_strictly

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BAND = 8
"""So many bars apart, likeness counts."""
LONGEST = 40
"""Bars that one step decides on. A longer section is several, which `recurrence` joins."""
_ALIKE = 0.65
"""Likeness that speaks neither for a border nor against one."""
_SECTION, _OTHERS, _OF_TWO, _OF_FOUR = 4.0, 2.0, 1.0, 0.2
"""What each section costs, and how much more one that is no multiple of eight bars, but of four, of two, or of none."""
_REPETITION = 4.0
"""What the clearest border of a repetition is worth. These were chosen on music with known form: bench.structure."""


def segmented(likeness: Floats, repetition: Floats) -> Ints:
    """The first bar of each section, and one past the last: int64, shape (sections + 1,).

    `likeness` of bars is from 0 to 1, shape (bars, bars); `repetition` says how clearly one begins or ends before each
    bar, from 0 to 1, shape (bars,).
    """
    bars = len(likeness)
    band = np.full((bars, BAND + 1), _ALIKE)
    for apart in range(1, min(BAND, bars - 1) + 1):
        band[apart:, apart] = np.diagonal(likeness, -apart)
    costs = np.full(LONGEST + 1, _SECTION + _OTHERS)
    costs[::2] = _SECTION + _OF_TWO
    costs[::4] = _SECTION + _OF_FOUR
    costs[::8] = _SECTION
    return _best(band - _ALIKE, costs, _REPETITION * (repetition - repetition.mean()))


@compiled_strictly
def _best(band: Floats, costs: Floats, bonus: Floats) -> Ints:
    bars, width = band.shape
    best = np.full(bars + 1, -np.inf)
    best[0] = 0
    before = np.zeros(bars + 1, np.int64)
    for end in range(1, bars + 1):
        inside = 0.0
        for length in range(1, min(len(costs) - 1, end) + 1):
            first = end - length
            # What the bar that the section begins with adds: its likeness to those after it.
            for apart in range(1, min(width - 1, length - 1) + 1):
                inside += band[first + apart, apart]
            value = best[first] + inside - costs[length] + bonus[first]
            if value > best[end]:
                best[end] = value
                before[end] = first
    borders = [bars]
    while borders[-1] > 0:
        borders.append(before[borders[-1]])
    return np.array(borders[::-1])
