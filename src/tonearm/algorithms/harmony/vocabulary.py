"""The chords that can be told, and their numbers.

A chord's number is 12 · quality + root, roots in semitones above C; the last number is no chord.
"""

from __future__ import annotations

ROOTS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "dim": (0, 3, 6),
    "sus4": (0, 5, 7),
}
"""What follows the root in a chord's name, and its tones in semitones above the root."""
NO_CHORD = len(QUALITIES) * len(ROOTS)
CHORDS = (*(root + quality for quality in QUALITIES for root in ROOTS), "N")
"""Names by number."""
