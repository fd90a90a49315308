"""What stays the same throughout a composed progression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tools.chords.song import Part

_CHORD_PROGRAMS = (0, 0, 1, 4, 5, 6, 7, 11, 16, 17, 19, 21, 24, 25, 26, 27, 28, 29, 46, 48, 49, 50, 52, 61, 62, 81, 88)
_PAD_PROGRAMS = (48, 50, 52, 89, 91)
_BASS_PROGRAMS = (32, 33, 34, 35, 36, 38, 39)
_MELODY_PROGRAMS = (0, 4, 11, 40, 42, 52, 56, 64, 65, 68, 71, 73, 75, 80, 81, 85)
_VELOCITIES = {
    Part.CHORDS: (60, 105),
    Part.BASS: (70, 115),
    Part.MELODY: (60, 110),
    Part.PAD: (40, 80),
    Part.DRUMS: (50, 115),
}
_SHARES = {Part.BASS: 0.75, Part.MELODY: 0.7, Part.PAD: 0.3, Part.DRUMS: 0.7}
"""How often there is such a part."""
PATTERNS = ("held", "beats", "off-beats", "strummed", "broken")
BASS_LINES = ("held", "beats", "eighths", "fifths")
LENGTHS = (1, 2, 4, 8)
"""Of a chord, in beats."""
_SLOW, _FAST = (0.08, 0.37, 0.5, 0.05), (0.0, 0.3, 0.5, 0.2)
"""How often each is."""
_IS_FAST = 130


@dataclass(frozen=True)
class Arrangement:
    beat: float
    """Seconds."""
    tonic: int
    minor: bool
    free: bool
    """Whether any chord follows any other."""
    pattern: str
    bass_line: str
    programs: Mapping[Part, int]
    """Of each part there is but drums."""
    velocities: Mapping[Part, int]
    length: int
    """Of most chords, in beats."""
    lengths: tuple[float, ...]
    """How often each of LENGTHS is among the others."""

    @property
    def drums(self) -> bool:
        return Part.DRUMS in self.velocities


def drawn(random: np.random.Generator) -> Arrangement:
    tempo = random.uniform(66, 168)
    lengths = _SLOW if tempo < _IS_FAST else _FAST
    parts = {Part.CHORDS} | {part for part, share in _SHARES.items() if random.random() < share}
    programs = {
        Part.CHORDS: _CHORD_PROGRAMS,
        Part.BASS: _BASS_PROGRAMS,
        Part.MELODY: _MELODY_PROGRAMS,
        Part.PAD: _PAD_PROGRAMS,
    }
    return Arrangement(
        beat=60 / tempo,
        tonic=int(random.integers(12)),
        minor=bool(random.integers(2)),
        free=random.random() < 0.35,
        pattern=str(random.choice(PATTERNS)),
        bass_line=str(random.choice(BASS_LINES)),
        programs={part: int(random.choice(those)) for part, those in programs.items() if part in parts},
        velocities={part: int(random.integers(*those)) for part, those in _VELOCITIES.items() if part in parts},
        length=int(random.choice(LENGTHS, p=lengths)),
        lengths=lengths,
    )
