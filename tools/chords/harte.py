"""Chords as annotations write them.

C. Harte et al.: Symbolic representation of musical chords: a proposed syntax for text annotations. ISMIR 2005.
"""

from __future__ import annotations

import re

from tonearm.algorithms.harmony.vocabulary import NO_CHORD, QUALITIES, ROOTS
from tools.chords.song import UNKNOWN

_NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_QUALITIES = {
    "": ("maj", "maj6", "maj(9)", "6"),
    "m": ("min", "min6", "minmaj7", "min(9)"),
    "7": ("7", "9", "13"),
    "maj7": ("maj7", "maj9"),
    "m7": ("min7", "min9", "min11"),
    "dim": ("dim", "dim7", "hdim7"),
    "sus4": ("sus4", "sus2", "sus4(b7)", "sus4(b7,9)", "11"),
}
"""Tonearm's nearest quality: what is suspended is called sus4. Nothing is learnt from the others, such as aug."""
_NUMBERS = {name: index for index, quality in enumerate(QUALITIES) for name in _QUALITIES[quality]}


def number_of(label: str) -> int:
    """Of such a chord in Tonearm's vocabulary, whatever its bass, or UNKNOWN."""
    if label == "N":
        return NO_CHORD
    root, _, quality = label.partition("/")[0].partition(":")
    found = re.fullmatch(r"([A-G])([#b]*)", root)
    if found is None or quality not in _NUMBERS:
        return UNKNOWN
    accidentals = found[2].count("#") - found[2].count("b")
    return _NUMBERS[quality] * len(ROOTS) + (_NATURALS[found[1]] + accidentals) % len(ROOTS)
