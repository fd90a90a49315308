"""Notes, and the chords that they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

UNKNOWN = -1
"""In place of a chord's number: one that nothing is learnt from."""


class Part(IntEnum):
    """By MIDI channel."""

    CHORDS = 0
    BASS = 1
    MELODY = 2
    PAD = 3
    DRUMS = 9


@dataclass(frozen=True)
class Note:
    part: Part
    pitch: int
    """MIDI's number."""
    start: float
    """Seconds, as all times here."""
    end: float
    velocity: int


@dataclass(frozen=True)
class Segment:
    start: float
    end: float
    chord: int
    """Its number in `tonearm.algorithms.harmony.vocabulary`, or UNKNOWN."""


@dataclass(frozen=True)
class Song:
    name: str
    notes: Sequence[Note]
    segments: Sequence[Segment]
    programs: Mapping[Part, int]
    """General MIDI's instruments, from 0."""
    seconds: float
    """Where the notes are cut off."""
    silence: float = 0
    """Seconds after that."""
    cents: float = 0
    """How far above A4 = 440 Hz it is tuned."""
