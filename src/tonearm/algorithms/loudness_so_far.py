"""Loudness while the audio arrives: the curves as what is new of them, and the integrated loudness up to now."""

from __future__ import annotations

import numpy as np

from tonearm.algorithms.ebur128 import (
    ABSOLUTE_GATE,
    MOMENTARY,
    SHORT_TERM,
    Power,
    integrated_loudness,
    loudness,
    sliding_power,
)


class LoudnessSoFar:
    """Takes K-weighted power in steps of 100 ms, as it comes."""

    def __init__(self) -> None:
        self._before: Power = np.empty(0)
        """The steps that new blocks begin in."""
        self._heard: Power = np.empty(0)
        """Power of the momentary blocks that count."""

    def take(self, steps: Power) -> tuple[Power, Power]:
        """Power of the momentary and of the short-term blocks that end in the next `steps`: float64, shape (n,)."""
        both = np.concatenate((self._before, steps))
        known = len(self._before)
        momentary = sliding_power(both[max(0, known - MOMENTARY + 1) :], MOMENTARY)
        short_term = sliding_power(both[max(0, known - SHORT_TERM + 1) :], SHORT_TERM)
        self._before = both[-SHORT_TERM + 1 :]
        self._heard = np.concatenate((self._heard, momentary[loudness(momentary) >= ABSOLUTE_GATE]))
        return momentary, short_term

    def integrated(self) -> float | None:
        """Gated loudness up to now, in LUFS; None if nothing was above the absolute gate."""
        # Of two hours it takes half a millisecond.
        return integrated_loudness(self._heard)
