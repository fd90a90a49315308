"""What is kept of the sound for its form: harmony, timbre, level, bass and energy, about 27 KB a minute."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.cosine_transform import cosines
from tonearm.algorithms.energy_so_far import EnergySoFar
from tonearm.algorithms.perceived_energy import band_sums
from tonearm.algorithms.products import products
from tonearm.algorithms.structure.curve import Curve

Floats = NDArray[np.floating[Any]]

_COEFFICIENTS = 15
_BASS = 120.0
"""Hz, below which are a kick drum and most of a bass."""
_CELL = 0.2
"""Seconds that are kept as one."""


class Gathered:
    """Takes bands and their rises, K-weighted power in steps of 0.1 s, and quarter tones, as they come."""

    def __init__(self, centres: tuple[float, ...], rate: float, quarter_tone_rate: float) -> None:
        """`centres` of the bands in Hz, and how many frames of bands and of quarter tones there are in a second."""
        self.energy = EnergySoFar(round(rate))
        self.timbre = Curve(1 / _CELL, round(rate * _CELL))
        """Cepstral coefficients 1 to 15 of the bands, and the mean rise of those of the bass."""
        self.harmony = Curve(quarter_tone_rate, 1)
        self.power = Curve(1 / _CELL, 2)
        self._centres = centres

    @property
    def empty(self) -> bool:
        """Whether too little has come to be described."""
        return self.timbre.empty or self.power.empty or self.harmony.empty

    def add_bands(self, bands: Floats) -> None:
        """Shape (frames, 2 · bands): log10(1 + magnitude), and its rise."""
        found = products(bands, _description(self._centres))
        self.energy.add_sums(found[:, :3])
        self.timbre.add(found[:, 3:])

    def add_power(self, steps: Floats) -> None:
        self.energy.add_power(steps)
        # Kept as a logarithm, of which half precision is enough.
        self.power.add(10 * np.log10(np.maximum(steps, 1e-9))[:, None])

    def add_harmony(self, quarter_tones: Floats) -> None:
        self.harmony.add(quarter_tones)


@cache
def _description(centres: tuple[float, ...]) -> NDArray[np.float32]:
    """What bands and rises are multiplied with: shape (2 · bands, 3 + 16)."""
    bands = len(centres)
    found = np.zeros((2 * bands, _COEFFICIENTS + 1), np.float32)
    found[:bands, :_COEFFICIENTS] = cosines(bands, _COEFFICIENTS + 1)[1:].T
    bass = np.array(centres) < _BASS
    found[bands:, _COEFFICIENTS] = bass / max(1, bass.sum())
    return np.concatenate((band_sums(centres), found), axis=1)
