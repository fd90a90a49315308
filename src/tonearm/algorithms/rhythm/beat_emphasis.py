"""An onset detection function of those subbands that have a beat.

M. E. P. Davies, M. D. Plumbley, D. Eck: Towards a musical beat emphasis function. IEEE Workshop on Applications of
Signal Processing to Audio and Acoustics, 2009. As Essentia's OnsetDetectionGlobal, method "beat_emphasis".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.autocorrelation import add_products
from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.rhythm.periods import COMBS, FRAME, Floats, preference

Numbers = NDArray[np.float64]

_BANDS = 40
_AHEAD = 16
"""Values after each that its threshold is the mean of, and itself."""
_MEASURE = 24
"""The band whose weight the others must reach. Essentia means the 25th smallest weight, but sorts nothing."""


class BeatEmphasis:
    """Takes the subbands in pieces. Of each value it keeps what stands out, which two thirds do not."""

    def __init__(self) -> None:
        self._pending = np.empty((0, _BANDS), np.float32)
        self._count = 0
        self._sum = np.zeros(_BANDS)
        self._squares = np.zeros(_BANDS)
        self._recent = np.empty((_BANDS, 0))
        """What stands out, and is still to be multiplied with what follows."""
        self._products = np.zeros((_BANDS, FRAME))
        self._kept: list[_Packed] = []

    def feed(self, subbands: Floats) -> None:
        """Take the next values: float32, shape (n, 40), none negative, each band in any unit."""
        self._count += len(subbands)
        self._sum += subbands.sum(axis=0, dtype=np.float64)
        self._squares += np.square(subbands, dtype=np.float64).sum(axis=0)
        self._pending = np.concatenate((self._pending, subbands))
        if len(self._pending) > _AHEAD:
            self._threshold(self._pending)
            self._pending = self._pending[-_AHEAD:]

    def finish(self) -> Floats:
        """The onset detection function: float32, shape (n,), dimensionless, none negative."""
        if not self._count:
            return np.empty(0, np.float32)
        # At the end the last value is continued, and so it is in the autocorrelation.
        last = np.repeat(self._pending[-1:], _AHEAD, axis=0)
        self._threshold(np.concatenate((self._pending, last)))
        self._correlate(last.T.astype(np.float64), whole=True)
        deviations = np.sqrt(np.maximum(0, self._squares / self._count - (self._sum / self._count) ** 2))
        deviations[deviations == 0] = 1
        pairs = np.maximum(1, self._count + _AHEAD - np.arange(FRAME))
        weights = _strengths(self._products / pairs) / deviations**2
        weights[weights < weights[_MEASURE]] = 0
        if weights.any():
            weights /= weights.max()
        weights /= deviations
        return np.concatenate([(weights @ _unpacked(*part)).astype(np.float32) for part in self._kept])

    def _threshold(self, values: Floats) -> None:
        found = _stand_out(values, len(values) - _AHEAD)
        self._correlate(found, whole=False)
        self._kept.append(_packed(found.astype(np.float32)))

    def _correlate(self, values: Numbers, *, whole: bool) -> None:
        self._recent = np.concatenate((self._recent, values), axis=1)
        size = self._recent.shape[1]
        count = size if whole else max(0, size - FRAME + 1)
        _add_products(self._recent, count, self._products)
        self._recent = self._recent[:, count:]


_Packed = tuple[NDArray[np.uint8], Floats, tuple[int, int]]
"""Which values are above zero as bits, those values, and the shape."""


def _packed(values: Floats) -> _Packed:
    above = values > 0
    return np.packbits(above), values[above], (values.shape[0], values.shape[1])


def _unpacked(places: NDArray[np.uint8], above: Floats, shape: tuple[int, int]) -> Floats:
    values = np.zeros(shape, np.float32)
    values[np.unpackbits(places, count=values.size).reshape(shape).astype(np.bool_)] = above
    return values


def _strengths(correlations: Numbers) -> Numbers:
    """How strong the strongest period of each band is, by a bank of combs: shape (bands, FRAME) to (bands,)."""
    weights = preference()
    periods = np.arange(COMBS - 1, (FRAME - COMBS + 1) // COMBS - 1)
    bank = np.zeros((len(correlations), len(periods)))
    for comb in range(1, COMBS + 1):
        for region in range(1 - comb, comb):
            bank += weights[periods] * correlations[:, periods * comb + region] / (2 * comb - 1)
    return np.asarray(bank.max(axis=1))


@compiled
def _stand_out(values: Floats, count: int) -> Numbers:
    """How far each value exceeds the mean of itself and the 16 after it, or zero.

    From shape (count + 16, bands) to (bands, count).
    """
    bands = values.shape[1]
    found = np.empty((bands, count))
    total = np.empty(bands)
    for i in range(count):
        for band in range(bands):
            total[band] = values[i, band]
        for j in range(i + 1, i + _AHEAD + 1):
            for band in range(bands):
                total[band] += values[j, band]
        for band in range(bands):
            found[band, i] = max(0.0, values[i, band] - total[band] / (_AHEAD + 1))
    return found


@compiled
def _add_products(values: Numbers, count: int, sums: Numbers) -> None:
    for band in range(len(values)):
        add_products(values[band], count, sums[band])
