"""Detrended fluctuation analysis: how far a signal strays from straight lines, over segments of several lengths.

C.-K. Peng, S. V. Buldyrev, S. Havlin, M. Simons, H. E. Stanley, A. L. Goldberger: Mosaic organization of DNA
nucleotides. Physical Review E 49(2), 1994. With the segments of Essentia's Danceability.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled

Numbers = NDArray[np.float64]


class DetrendedFluctuation:
    """Takes the signal in pieces, and keeps no more of it than the longest segment."""

    def __init__(self, lengths: NDArray[np.int64]) -> None:
        """`lengths` of the segments in values, ascending."""
        self._lengths = lengths
        self._steps = np.maximum(1, lengths // 50)
        self._begins = np.zeros(len(lengths), np.int64)
        self._residuals = np.zeros(len(lengths))
        self._profile = np.zeros(0)
        """The sum of all values up to each: a trend in it is a straight line, so the mean need not be taken off."""
        self._height = 0.0
        self._values = 0

    def feed(self, values: Numbers) -> None:
        """Take the next values, shape (n,), in any unit."""
        profile = self._height + np.cumsum(values)
        self._height = float(profile[-1]) if len(profile) else self._height
        self._values += len(values)
        self._profile = np.concatenate((self._profile, profile))
        for index, (length, step) in enumerate(zip(self._lengths, self._steps, strict=True)):
            self._begins[index], residuals = _residuals(self._profile, length, step, self._begins[index])
            self._residuals[index] += residuals
        done = int(min(self._begins.min(), len(self._profile)))
        self._profile = self._profile[done:]
        self._begins -= done

    def finish(self) -> Numbers:
        """The root mean square distance from the lines, for each length of which there are segments: shape (m,)."""
        rest = self._values - self._lengths
        some = rest > 0
        return np.asarray(np.sqrt(self._residuals[some] / (rest[some] / self._steps[some])))


@compiled
def _residuals(profile: Numbers, length: int, step: int, begin: int) -> tuple[int, float]:
    """The sum of the residuals of each segment from `begin` on, and where the next one begins.

    Each is the mean square distance from the segment's least squares line. A segment that ends with the profile waits
    for more: as in Essentia, the last value is in none.
    """
    total = 0.0
    middle = (length - 1) / 2
    spread = length * (length * length - 1) / 12
    while begin + length < profile.size:
        # Heights over the chord: sums of squares of the profile itself would be nearly equal, and their difference not
        # exact.
        base = profile[begin]
        slope = (profile[begin + length - 1] - base) / (length - 1)
        heights = squares = products = 0.0
        for i in range(length):
            height = profile[begin + i] - base - slope * i
            heights += height
            squares += height * height
            products += (i - middle) * height
        total += max(0.0, squares - heights * heights / length - products * products / spread) / length
        begin += step
    return begin, total
