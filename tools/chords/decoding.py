"""The chords that `chords:2` finds with weights, how many of them are right, and how likely it says they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from tonearm.algorithms.harmony.likelihood import Weights, log_likelihoods
from tonearm.algorithms.harmony.path_probabilities import probabilities_on
from tonearm.algorithms.harmony.vocabulary import NO_CHORD
from tonearm.algorithms.likeliest_path import likeliest_path
from tools.chords.examples import Example

Floats = NDArray[np.floating]

_TRUSTS, _CHANGES = (0.3, 0.5, 0.8), (-2.0, -4.0, -6.0)
_DRAWS = 1000
_GROUPS = 8
_EDGE = 1e-6


@dataclass(frozen=True)
class Decoding:
    """With a weight of each frame and the cost of a change, as `chords:2` has them."""

    weights: Weights
    trust: float
    change: float

    def path(self, example: Example) -> NDArray[np.int16]:
        return likeliest_path(self._scores(example), self.change)

    def right(self, example: Example) -> tuple[int, int, int]:
        """In how many frames the chord is right, in how many its root, and in how many it is known."""
        known = example.chords >= 0
        found, chords = self.path(example)[known], example.chords[known]
        roots = [np.where(each == NO_CHORD, NO_CHORD, each % 12) for each in (found, chords)]
        return int((found == chords).sum()), int((roots[0] == roots[1]).sum()), len(chords)

    def segments(self, example: Example) -> Iterator[tuple[float, int, int]]:
        """How likely each is, in how many frames its chord is known, and in how many it is right."""
        path = self.path(example)
        probabilities = probabilities_on(path, self._scores(example), self.change)
        for begin, end in pairwise([0, *(np.flatnonzero(np.diff(path)) + 1), len(path)]):
            chords = example.chords[begin:end]
            known = int((chords >= 0).sum())
            if known:
                yield float(probabilities[begin:end].mean()), known, int((chords == path[begin]).sum())

    def _scores(self, example: Example) -> NDArray[np.float32]:
        found = np.float32(self.trust) * log_likelihoods(example.registers, example.traits, self.weights)
        return np.asarray(found, np.float32)


def best(weights: Weights, examples: Sequence[Example]) -> Decoding:
    """The one with the most frames right."""
    some = [Decoding(weights, trust, change) for trust, change in product(_TRUSTS, _CHANGES)]
    return max(some, key=lambda each: sum(each.right(example)[0] for example in examples))


def shares(decoding: Decoding, examples: Sequence[Example]) -> Floats:
    """Of frames with the right chord and with the right root, and 95 % intervals by drawing examples: shape (2, 3)."""
    counts = np.array([decoding.right(example) for example in examples], float)
    drawn = np.random.default_rng(0).integers(len(counts), size=(_DRAWS, len(counts)))
    sums = counts[drawn].sum(axis=1)
    low, high = np.percentile(sums[:, :2] / sums[:, 2:], (2.5, 97.5), axis=0)
    total = counts.sum(axis=0)
    return np.stack((total[:2] / total[2], low, high), axis=1)


def calibration(decoding: Decoding, examples: Sequence[Example]) -> tuple[float, float]:
    """Offset and slope from the log odds of segments to those that they are right, by logistic regression."""
    odds, known, right = _odds(decoding, examples)

    def loss(line: Floats) -> float:
        scores = line[0] + line[1] * odds
        return float((right * np.logaddexp(0, -scores) + (known - right) * np.logaddexp(0, scores)).sum())

    offset, slope = minimize(loss, np.array([0.0, 1.0]), method="Nelder-Mead").x
    return float(offset), float(slope)


def calibration_error(decoding: Decoding, examples: Sequence[Example], line: tuple[float, float]) -> float:
    """How far probabilities are from shares, in eight groups of as many frames."""
    odds, known, right = _odds(decoding, examples)
    stated = expit(line[0] + line[1] * odds)
    order = np.argsort(stated)
    places = np.cumsum(known[order]) / known.sum()
    groups = np.minimum((places * _GROUPS).astype(int), _GROUPS - 1)
    errors = [abs((known * stated - right)[order[groups == group]].sum()) for group in range(_GROUPS)]
    return float(sum(errors) / known.sum())


def _odds(decoding: Decoding, examples: Sequence[Example]) -> tuple[Floats, Floats, Floats]:
    rows = np.array([row for example in examples for row in decoding.segments(example)], float)
    likely = rows[:, 0].clip(_EDGE, 1 - _EDGE)
    return np.log(likely / (1 - likely)), rows[:, 1], rows[:, 2]
