"""Accompaniments in bars of three and of four beats, composed by chance: bass on the first, chords on the others."""

from __future__ import annotations

import numpy as np
from tools.chords.song import Note, Part, Song

_DEGREES = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (9, 12, 16), (2, 5, 9))
"""I, IV, V, vi and ii of a major key, in semitones above its tonic."""
_PROGRAMS = (0, 21, 24, 46, 48)
_BASS_PROGRAMS = (32, 43, 58)
_MELODY_PROGRAMS = (21, 40, 68, 71, 73)
_BARS = 32


def song(seed: int, metre: int) -> Song:
    random = np.random.default_rng([seed, metre])
    beat = 60 / random.uniform(90, 170)
    tonic = int(random.integers(-5, 7))
    notes = []
    for bar in range(_BARS):
        chord = [48 + tonic + tone for tone in _DEGREES[int(random.integers(len(_DEGREES)))]]
        start = bar * metre * beat
        notes.append(Note(Part.BASS, chord[0] - 12, start, start + beat, 100))
        for place in range(1, metre):
            at = start + place * beat
            notes += [Note(Part.CHORDS, pitch, at, at + 0.6 * beat, 70) for pitch in chord]
        now = 0.0
        while now < metre:
            length = min(float(random.choice([0.5, 1, 1, 2])), metre - now)
            pitch = 24 + int(random.choice(chord))
            notes.append(Note(Part.MELODY, pitch, start + now * beat, start + (now + length) * beat, 85))
            now += length
    programs = {
        Part.CHORDS: int(random.choice(_PROGRAMS)),
        Part.BASS: int(random.choice(_BASS_PROGRAMS)),
        Part.MELODY: int(random.choice(_MELODY_PROGRAMS)),
    }
    return Song(f"bars of {metre}, {seed}", notes, [], programs, _BARS * metre * beat + 1)
