"""The measures of ITU-R BS.1770-4 and EBU Tech 3341 and 3342, on K-weighted power in steps of 100 ms."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Power = NDArray[np.floating[Any]]
"""Mean squares of the K-weighted signal, full scale being 1; float64 from features and functions here."""

MOMENTARY = 4
"""Steps in a momentary (and gating) block of 400 ms."""
SHORT_TERM = 30
"""Steps in a short-term block of 3 s."""
_RANGE_HOP = 10
ABSOLUTE_GATE = -70.0
"""In LUFS; blocks below it are silence to the standard."""
NO_POWER = 1e-30
"""Power below it is digital silence."""


def sliding_power(steps: Power, width: int) -> Power:
    """Mean power of every run of `width` steps: float64, shape (n - width + 1,), or empty for fewer steps than that."""
    if len(steps) < width:
        return np.empty(0)
    power: Power = np.lib.stride_tricks.sliding_window_view(steps, width).mean(axis=1)
    return power


def loudness(power: Power) -> Power:
    """From power to LUFS (BS.1770-4, equation 2): float64, same shape. Digital silence is -300.691, as in Essentia."""
    return -0.691 + 10 * np.log10(np.maximum(power, NO_POWER))


def power(lufs: Power) -> Power:
    """From LUFS to power, the way back of `loudness`: float64, same shape."""
    return 10 ** ((lufs + 0.691) / 10)


def integrated_loudness(blocks: Power) -> float | None:
    """Gated loudness of momentary blocks that overlap by 75 %, in LUFS (BS.1770-4, equations 5 to 7).

    None if no block is above the absolute gate.
    """
    heard = blocks[loudness(blocks) >= ABSOLUTE_GATE]
    if not len(heard):
        return None
    return float(loudness(heard[heard >= heard.mean() / 10].mean()))


def loudness_range(short_term: Power) -> float | None:
    """From the 10th to the 95th percentile of the short-term blocks that are not gated, in LU (EBU Tech 3342).

    Of the blocks every 100 ms one per second is counted, as libebur128 does. None if none is above the absolute
    gate.
    """
    blocks = short_term[::_RANGE_HOP]
    heard = blocks[loudness(blocks) >= ABSOLUTE_GATE]
    if not len(heard):
        return None
    kept = np.sort(heard[heard >= heard.mean() / 100])
    low, high = (kept[int((len(kept) - 1) * share + 0.5)] for share in (0.10, 0.95))
    return float(loudness(high) - loudness(low))
