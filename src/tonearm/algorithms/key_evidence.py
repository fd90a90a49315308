"""How likely each key is, from what was heard of its pitch classes and chords, and what a network makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.harmony.functions import chords_of_keys
from tonearm.algorithms.harmony.vocabulary import NO_CHORD
from tonearm.algorithms.key_profiles import TEMPERLEY, correlations
from tonearm.algorithms.likeliest_path import likeliest_path

Floats = NDArray[np.float64]

_C = 3
"""The semitones that C is above A."""
_NEXT_TO_NOTHING = 0.01
"""Added to the probabilities of the network, which is wrong more often than they say."""


@dataclass(frozen=True)
class _Weights:
    """Of each part of the evidence in the logarithm of a key's likelihood."""

    whole: float
    beginning: float = 0
    network: float = 0
    functions: float = 0
    """Of the share of the time with the key's tonic, dominant or subdominant,"""
    others: float = 0
    """and of that with its other chords."""


# Conditional logits, fitted to 82 labelled recordings and rendered scores: with a network and without, with chords and
# without, with the beginning and without. Not among them is Schubert's Winterreise, which the network learnt from.
_WHOLE = {
    (True, True): _Weights(3.87, 4.38, 0.32, 7.46, 5.96),
    (False, True): _Weights(5.13, 4.92, 0, 7.34, 6.19),
    (True, False): _Weights(6.31, 3.73, 0.44),
    (False, False): _Weights(8.64, 4.22),
}
_SECTION = {True: _Weights(8.81, network=0.54), False: _Weights(12.15)}

_FIT, _CONTRAST, _SQUARE, _OFFSET = 13.55, -4.9, -1.25, -10.64
"""A logistic regression on 159 pieces of music and 265 sounds without a key, each kind of which counts as much.

Two of three sounds are taken to be music. Speech and noise fit no key well, and noise has all pitch classes; tones,
drones and chords that stay have few.
"""
_LEAST_CONTRAST = 1e-3
_CHANGE = -13.0
"""What a change of key adds to the logarithm of a path's likelihood: of 50 times three pieces joined, most time is in
the right key with it, and there are three sections.
"""


@dataclass(frozen=True)
class KeyEvidence:
    """Of audio that is not silent. Keys are A to Ab major, then A to Ab minor."""

    beginning: Floats
    """Chroma of the first seconds with sound: shape (12,), from A upwards."""
    parts: Floats
    """Sums of the chroma of the frames of each part: shape (parts, 12)."""
    heard: Floats
    """How many frames of each part have sound: shape (parts,)."""
    chords: Floats
    """How many frames have each chord of `vocabulary`: shape (85,)."""
    windows: NDArray[np.float32] | None
    """Probabilities of C to B major, then C to B minor, in each two parts: shape (windows, 24), or None."""

    @cached_property
    def tonality(self) -> float:
        """How likely the sound has a key at all."""
        whole = self.parts.sum(axis=0)
        fit = correlations(whole, TEMPERLEY).max()
        contrast = np.log(whole.std() / whole.mean() + _LEAST_CONTRAST)
        score = _FIT * fit + _CONTRAST * contrast + _SQUARE * contrast**2 + _OFFSET
        return float(1 / (1 + np.exp(-score)))

    def of_all(self) -> Floats:
        """The probability of each key of the whole: shape (24,). Their sum is the tonality."""
        weights = _WHOLE[self.windows is not None, bool(self.chords[:NO_CHORD].any())]
        beginning = weights.beginning * correlations(self.beginning, TEMPERLEY)
        chords = np.array([weights.functions, weights.others]) @ chords_of_keys(self.chords)
        return self._probabilities(beginning + chords + self._score(weights, 0, len(self.parts)))

    def of_part(self, begin: int, end: int) -> Floats:
        """The probability of each key in these parts: shape (24,)."""
        return self._probabilities(self._score(_SECTION[self.windows is not None], begin, end))

    def sections(self) -> tuple[list[int], list[int]]:
        """Borders between parts, the first and the last of all too, and the key between each two of them."""
        weights = _SECTION[self.windows is not None]
        count = len(self.parts)
        scores = np.array([self._score(weights, max(0, part - 1), min(count, part + 2)) for part in range(count)])
        path = likeliest_path(scores * (self.heard > 0)[:, None], _CHANGE)
        borders = [0, *(int(border) + 1 for border in np.flatnonzero(np.diff(path))), count]
        return borders, [int(path[border]) for border in borders[:-1]]

    def _score(self, weights: _Weights, begin: int, end: int) -> Floats:
        score = weights.whole * correlations(self.parts[begin:end].sum(axis=0), TEMPERLEY)
        if self._network is None:
            return score
        # A window is of two parts; the last part may have none of its own.
        first = min(begin, len(self._network) - 1)
        windows = slice(first, max(first + 1, end - 1))
        sound = self._sound[windows]
        if not sound.any():
            return score
        return np.asarray(score + weights.network * (sound @ self._network[windows]) / sound.sum())

    @cached_property
    def _network(self) -> Floats | None:
        """Logarithms of the probabilities, in the order of the keys."""
        if self.windows is None or not len(self.windows):
            return None
        both = np.roll(self.windows.reshape(-1, 2, 12), _C, axis=2)
        return np.asarray(np.log(both.reshape(-1, 24) + _NEXT_TO_NOTHING), np.float64)

    @cached_property
    def _sound(self) -> Floats:
        """How many frames of each window have sound."""
        assert self.windows is not None
        both = self.heard + np.append(self.heard[1:], 0)
        return np.asarray(both[: len(self.windows)])

    def _probabilities(self, score: Floats) -> Floats:
        likely = np.exp(score - score.max())
        return np.asarray(self.tonality * likely / likely.sum())
