"""How many digits a result has: what its unit says, and no noise behind it.

A client reads an event as one line, and the usual readers take 64 KiB of it. A digit that means nothing makes every
line longer: with 17 of them, the loudness curves of a pop song do not fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_DECIMALS = {
    **dict.fromkeys(("LUFS", "LU", "dB", "dBFS", "dBTP", "Hz", "bpm", "cent"), 2),
    "s": 4,
}
"""Digits after the point, by unit."""
_SIGNIFICANT = frozenset({"1", "1/s", "dB²", "Hz²"})
"""Units of values of any size."""
_SIGNIFICANT_DIGITS = 4


def rounded(value: Any, unit: str, decimals: int | None = None) -> Any:
    """The value of a field, with every float in it rounded: a number, or lists, tuples and dictionaries of some.

    To `decimals` after the point, or else as usual for the unit; as it is if the unit is not known. What is no float
    stays: integers, None, words, objects with fields of their own.
    """
    if decimals is None:
        decimals = _DECIMALS.get(unit)
    if decimals is None and unit not in _SIGNIFICANT:
        return value
    match value:
        case float():
            return _round(np.array(value), decimals).item()
        case list() | tuple():
            return type(value)(_each(value, unit, decimals))
        case dict():
            return dict(zip(value, _each(list(value.values()), unit, decimals), strict=True))
        case _:
            return value


def _each(values: Sequence[Any], unit: str, decimals: int | None) -> list[Any]:
    # There may be hundreds of thousands: the floats are rounded together.
    floats = np.array([value for value in values if isinstance(value, float)])
    numbers: list[float] = _round(floats, decimals).tolist()
    if len(numbers) == len(values):
        return numbers
    following = iter(numbers)
    return [next(following) if isinstance(value, float) else rounded(value, unit, decimals) for value in values]


def _round(values: Numbers, decimals: int | None) -> Numbers:
    if decimals is not None:
        result = values.round(decimals)
    else:
        size = np.where(values == 0, 1, np.abs(values))
        # Of each; what is too small to be multiplied by that much is as good as zero.
        places = np.minimum(_SIGNIFICANT_DIGITS - 1 - np.floor(np.log10(size)), 300)
        # A power of ten is exact only if it is a whole number, and so is what comes of it the nearest to the decimal.
        factor = 10 ** np.abs(places)
        result = np.where(places < 0, np.rint(values / factor) * factor, np.rint(values * factor) / factor)
    # Adding zero makes -0 positive.
    return result + 0.0
