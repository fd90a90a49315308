"""Which sections are alike, and what they are called.

Sections with the same letter are alike, as played bar by bar; a prime marks a variant, as in the annotations of SALAMI:
J. B. L. Smith, J. A. Burgoyne, I. Fujinaga, D. De Roure, J. S. Downie: Design and creation of a large-scale database of
structural annotations. ISMIR 2011.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SAME, _UNVARIED = 0.7, 0.85
"""Likeness from which sections have the same letter, and from which they are no variants of one another."""


def labels(likeness: Floats, borders: Ints) -> list[str]:
    """A, B, A', … for the sections between the borders; after Z comes AA.

    `likeness` of bars is from 0 to 1, shape (bars, bars).
    """
    alike = _of_sections(likeness, borders)
    letters, variants = _groups(alike, _SAME), _groups(alike, _UNVARIED)
    found: list[str] = []
    known: list[list[int]] = []
    for letter, variant in zip(letters, variants, strict=True):
        while letter >= len(known):
            known.append([])
        if variant not in known[letter]:
            known[letter].append(variant)
        found.append(_name(letter) + "'" * known[letter].index(variant))
    return found


def _name(number: int) -> str:
    first, last = divmod(number, 26)
    return (_name(first - 1) if first else "") + chr(ord("A") + last)


def _of_sections(likeness: Floats, borders: Ints) -> Floats:
    """The mean likeness of the bars of two sections, the shorter one where it fits best into the longer."""
    count = len(borders) - 1
    found = np.eye(count)
    for one, (begin, end) in enumerate(pairwise(borders)):
        for other in range(one + 1, count):
            block = likeness[begin:end, borders[other] : borders[other + 1]]
            if len(block) > block.shape[1]:
                block = block.T
            offsets = range(block.shape[1] - len(block) + 1)
            found[one, other] = found[other, one] = max(float(np.diagonal(block, each).mean()) for each in offsets)
    return found


def _groups(alike: Floats, least: float) -> list[int]:
    """The group of each, numbered as they come: groups are joined while they are alike on average (UPGMA)."""
    members = [[index] for index in range(len(alike))]
    means = np.array(alike)
    np.fill_diagonal(means, -np.inf)
    while len(members) > 1:
        one, other = sorted(np.unravel_index(int(means.argmax()), means.shape))
        if means[one, other] < least:
            break
        sizes = len(members[one]), len(members[other])
        joined = (sizes[0] * means[one] + sizes[1] * means[other]) / sum(sizes)
        means[one], means[:, one] = joined, joined
        means[one, one] = -np.inf
        means = np.delete(np.delete(means, other, axis=0), other, axis=1)
        members[one] += members.pop(other)
    order = sorted(members, key=min)
    return [next(number for number, group in enumerate(order) if index in group) for index in range(len(alike))]
