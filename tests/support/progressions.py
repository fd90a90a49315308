"""Chords that are played here, and how much of them was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.harmony.vocabulary import QUALITIES, ROOTS

RATE = 44_100


def tones_of(chord: str) -> list[int]:
    """MIDI notes of a chord: its root in the bass, and all its tones from the octave below middle C up."""
    root = next(root for root in sorted(ROOTS, key=len, reverse=True) if chord.startswith(root))
    number = ROOTS.index(root)
    upper = [48 + (number + tone) % 12 for tone in QUALITIES[chord.removeprefix(root)]]
    return [36 + number, *upper, *(note + 12 for note in upper)]


def played(chords: Sequence[str], seconds: float, reference: float = 440.0) -> NDArray[np.float64]:
    """Each chord for so long, struck twice, with six harmonics a tone; silence for N. Shape (n,), at 44.1 kHz."""
    half = round(seconds * RATE / 2)
    time = np.arange(half) / RATE
    parts = []
    for chord in chords:
        sound = np.zeros(half)
        for note in [] if chord == "N" else tones_of(chord):
            pitch = reference * 2 ** ((note - 69) / 12)
            for harmonic in range(1, 7):
                sound += np.sin(2 * np.pi * pitch * harmonic * time + note) / harmonic**1.5 * np.exp(-2 * time)
        parts += [sound, sound]
    return 0.03 * np.concatenate(parts)


def share_found(segments: Sequence[dict[str, Any]], chords: Sequence[str], seconds: float) -> float:
    """The share of time in which the chord that was found is the one that is played."""
    right = 0.0
    for index, chord in enumerate(chords):
        begin, end = index * seconds, (index + 1) * seconds
        for each in segments:
            if each["chord"] == chord:
                right += max(0.0, min(end, each["end"]) - max(begin, each["start"]))
    return right / (len(chords) * seconds)
