"""Which tracks mix with another: by key, around the circle of fifths, and by tempo."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

import numpy as np

from tonearm.library.library import Library, Mask
from tonearm.library.track import Track

_ROUNDING = 1e-9
"""What of an octave is an error of arithmetic."""


@dataclass(frozen=True)
class Mixing:
    """What a track must have in common with another. A track whose key or tempo is not certain meets no such demand."""

    key: bool = False
    """The same key, or one beside it on the circle of fifths, or its relative: neighbours by Camelot code."""
    tempo: float | None = None
    """By how many per cent the tempi may differ; half and double tempo count as the same."""

    def of(self, one: Track, library: Library) -> Mask:
        """Which tracks of a library mix with it, shape (tracks,)."""
        mixing = np.ones(len(library), bool)
        if self.key:
            keys = [each.camelot for each in (one.key, *one.key.mixes_with)] if one.key else []
            mixing &= np.isin(library.keys, keys)
        if self.tempo is not None:
            octaves = np.abs(np.log2(library.tempi / (one.tempo or np.nan)))
            mixing &= np.minimum(octaves, np.abs(octaves - 1)) <= log2(1 + self.tempo / 100) + _ROUNDING
        return mixing

    def mixes(self, one: Track, other: Track) -> bool:
        return (not self.key or _keys_mix(one, other)) and (
            self.tempo is None or _tempi_mix(one.tempo, other.tempo, self.tempo)
        )


def _keys_mix(one: Track, other: Track) -> bool:
    if one.key is None or other.key is None:
        return False
    return other.key == one.key or other.key in one.key.mixes_with


def _tempi_mix(one: float | None, other: float | None, per_cent: float) -> bool:
    if not one or not other:
        return False
    octaves = log2(other / one)
    return min(abs(octaves - whole) for whole in (-1, 0, 1)) <= log2(1 + per_cent / 100) + _ROUNDING
