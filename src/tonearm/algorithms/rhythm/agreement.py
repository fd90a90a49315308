"""Which of several beat trackers agrees most with the others, and how much they agree.

A. Holzapfel, M. E. P. Davies, J. R. Zapata, J. L. Oliveira, F. Gouyon: Selective sampling for beat tracking evaluation.
IEEE Transactions on Audio, Speech, and Language Processing 20(9), 2012. J. R. Zapata, A. Holzapfel, M. E. P. Davies,
J. L. Oliveira, F. Gouyon: Assigning a confidence threshold on automatic beat annotation in large datasets. ISMIR, 2012.
As Essentia's TempoTapMaxAgreement.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tonearm.algorithms.in_order import sum_in_order
from tonearm.algorithms.rhythm.periods import Floats

_BITS = np.float32(5)
"""What full agreement is worth: log2 of 40 bins, of which Essentia keeps the integer part."""
_BEGIN = np.float32(5)
"""Beats before this time in seconds are not compared."""


def _borders() -> Floats:
    """Of the bins: halfway between their centres, which single precision makes 39 and not 40."""
    step = np.float32(1 / 39)
    centres = [np.float32(-0.5)]
    centre = np.float32(-0.5 + 1.5 * float(step))
    while float(centre) <= 0.5 - 1.5 * float(step):
        centres.append(centre)
        centre += step
    edges = np.array([*centres, 0.5], np.float32)
    return np.asarray((edges[:-1] + edges[1:]) / 2, np.float32)


_BORDERS = _borders()


def most_agreed(candidates: Sequence[Floats]) -> tuple[Floats, float]:
    """One of several sequences of beats, and the mean agreement of all pairs in bits, at most 5.

    Beats are times in seconds: float32, shape (beats,), ascending, none negative. At least two sequences. Agreement by
    chance is about 0, and may be a little less.
    """
    compared = [beats[beats >= _BEGIN] for beats in candidates]
    gains = {
        (i, j): _gain(compared[i], compared[j]) for i in range(len(candidates)) for j in range(i + 1, len(candidates))
    }
    agreements = []
    for i in range(len(candidates)):
        # In this order, in which Essentia adds up: rounding may decide between equals.
        total = np.float32(0)
        for other in [*range(i + 1, len(candidates)), *range(i)]:
            total += gains[min(i, other), max(i, other)]
        agreements.append(total / np.float32(len(candidates) - 1))
    return candidates[int(np.argmax(agreements))], float(np.mean(agreements))


def _gain(one: Floats, other: Floats) -> np.float32:
    if min(len(one), len(other)) < 2:
        return np.float32(0)
    return _BITS - max(_entropy(one, other), _entropy(other, one))


def _entropy(beats: Floats, reference: Floats) -> np.float32:
    """In bits, of the histogram of the reference's distances from the nearest beats.

    Each distance is a part of the interval between beats that it is in.
    """
    after = np.clip(np.searchsorted(beats, reference), 1, len(beats) - 1)
    # Of two beats as near as each other, the earlier.
    nearest = after - (reference - beats[after - 1] <= beats[after] - reference)
    errors = reference - beats[nearest]
    intervals = np.diff(beats)
    inside = np.clip(np.where(errors < 0, nearest - 1, nearest), 0, len(intervals) - 1)
    parts = np.mod((errors / intervals[inside]).astype(np.float64) + 0.5, 1) - 0.5
    counts = np.bincount(np.searchsorted(_BORDERS, parts, side="right"), minlength=len(_BORDERS) + 1)
    counts[0] += counts[-1]
    shares = (counts[:-1][counts[:-1] > 0] / len(reference)).astype(np.float32)
    return -sum_in_order(np.log2(shares) * shares)
