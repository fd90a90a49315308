"""Results in musical terms: key, tempo, and the circle of fifths.

DJs use Camelot codes for keys, because neighbouring codes mix well: A is minor, B is major, 8A is A minor and 8B its
relative, C major (M. Davis: Camelot Sound Easymix System, 1991). Traktor and others number the same circle in Open Key:
m is minor, d is major, and 1m is A minor.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

MAJOR = ("C", "G", "D", "A", "E", "B", "F#", "C#", "Ab", "Eb", "Bb", "F")
MINOR = ("A", "E", "B", "F#", "C#", "Ab", "Eb", "Bb", "F", "C", "G", "D")
"""The circle clockwise; each minor key has the index of its relative major."""
_NUMBER_OF_C = 8
_SEMITONES_OF_A_FIFTH = 7
_FASTEST = 215.0
"""In bpm. The beat trackers search up to 210 bpm; faster beats are what they return when they find none."""


class KeyNotation(StrEnum):
    """How a key is written: `Am`, `8A` or `1m`."""

    MUSICAL = "musical"
    CAMELOT = "camelot"
    OPEN_KEY = "open-key"


class Key(NamedTuple):
    tonic: str
    scale: str

    @property
    def fifths(self) -> int:
        """Steps on the circle from C major or A minor."""
        return (MINOR if self.scale == "minor" else MAJOR).index(self.tonic)

    @property
    def pitch_class(self) -> int:
        """The tonic in semitones above C."""
        return _SEMITONES_OF_A_FIFTH * MAJOR.index(self.tonic) % 12

    @property
    def camelot(self) -> str:
        return f"{(_NUMBER_OF_C - 1 + self.fifths) % 12 + 1}{'A' if self.scale == 'minor' else 'B'}"

    @property
    def open_key(self) -> str:
        return f"{self.fifths + 1}{'m' if self.scale == 'minor' else 'd'}"

    def written(self, notation: KeyNotation) -> str:
        """In the musical notation as TKEY of ID3v2.4 has it: the tonic, and m for minor."""
        match notation:
            case KeyNotation.CAMELOT:
                return self.camelot
            case KeyNotation.OPEN_KEY:
                return self.open_key
            case KeyNotation.MUSICAL:
                return self.tonic + ("m" if self.scale == "minor" else "")

    @property
    def mixes_with(self) -> tuple[Key, Key, Key]:
        """The keys a fifth below and above, and the relative key."""
        ring, other = (MINOR, MAJOR) if self.scale == "minor" else (MAJOR, MINOR)
        return (
            Key(ring[self.fifths - 1], self.scale),
            Key(ring[(self.fifths + 1) % 12], self.scale),
            Key(other[self.fifths], "major" if self.scale == "minor" else "minor"),
        )


def key(result: Mapping[str, Any]) -> Key | None:
    """The key in a result of either version of the model `key`; None for audio without one."""
    if "certainty" in result:
        return None if result["certainty"] == "none" else Key(result["key"], result["scale"])
    return Key(result["key"][0], result["scale"][0]) if result["strength"][0] > 0 else None


def tempo(result: Mapping[str, Any]) -> float | None:
    """The bpm in a result of `beats` or of another tempo model; None for audio without one."""
    bpm: float
    if "certainty" in result:
        if result["certainty"] == "none":
            return None
        bpm = result["tempo"]
        return bpm
    bpm = result["bpm"]
    return bpm if 0 < bpm <= _FASTEST else None
