"""Loudness while the audio arrives: the curves as what is new of them, and the integrated loudness up to now."""

from __future__ import annotations

from collections.abc import Sequence

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
        self._told = 0
        """Blocks of it."""
        self._before: Power = np.empty(0)
        """The steps that new blocks begin in."""
        self._heard: Power = np.empty(0)
        """Power of the momentary blocks that count."""

    def take(self, blocks: Sequence[Power]) -> tuple[Power, Power]:
        """Power of the momentary and of the short-term blocks that end in steps which are new: float64, shape (n,).

        `blocks` are all so far.
        """
        both = np.concatenate((self._before, *blocks[self._told :]))
        self._told = len(blocks)
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
