"""Any number of tracks, no two alike, in ten styles: what a library is tried with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 44_100
_STEPS = 16
"""In a bar of four beats."""
_TABLE = 4096
"""Samples of one period of a note."""
_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10))

Sound = NDArray[np.float64]


@dataclass(frozen=True)
class Varied:
    style: str
    samples: NDArray[np.float32]
    """Shape (2, n), at 44.1 kHz."""


@dataclass(frozen=True)
class _Style:
    tempo: tuple[float, float]
    """In bpm."""
    octave: int
    harmonics: int
    slope: float
    """A harmonic has its number to this negative power; odd ones alone where `hollow`."""
    attack: float
    """In seconds, as the decay is."""
    decay: float
    notes: str
    """A bar of steps: x for a chord, a for the next note of one, . for none."""
    hollow: bool = False
    kick: str = ""
    snare: str = ""
    hat: str = ""
    noise: float = 0.0


STYLES = {
    "piano": _Style((60, 100), 60, 6, 1.8, 0.005, 0.5, "a.a.a.a.a.a.a.a."),
    "organ": _Style((50, 90), 48, 8, 0.7, 0.05, 9.0, "x.......x......."),
    "strings": _Style((50, 80), 60, 10, 1.1, 0.3, 4.0, "x..............."),
    "house": _Style(
        (118, 130),
        48,
        9,
        1.0,
        0.01,
        0.2,
        "..x...x...x...x.",
        False,
        "x...x...x...x...",
        "....x.......x...",
        "..x...x...x...x.",
    ),
    "rock": _Style(
        (90, 150),
        40,
        14,
        0.5,
        0.005,
        0.5,
        "x.x.x.x.x.x.x.x.",
        False,
        "x.....x.x.......",
        "....x.......x...",
        "x.x.x.x.x.x.x.x.",
    ),
    "drum and bass": _Style(
        (165, 178),
        36,
        5,
        1.5,
        0.01,
        0.6,
        "x.....a.........",
        False,
        "x.........x.....",
        "....x.......x..x",
        "xxxxxxxxxxxxxxxx",
    ),
    "bells": _Style((70, 110), 84, 5, 0.9, 0.002, 1.2, "a..a..a.a..a..a."),
    "chiptune": _Style(
        (120, 160), 72, 9, 1.0, 0.002, 0.15, "aaaaaaaaaaaaaaaa", True, "", "....x.......x...", "x.x.x.x.x.x.x.x."
    ),
    "ambient": _Style((50, 60), 48, 3, 1.5, 1.5, 8.0, "x...............", False, "", "", "", 0.08),
    "hip hop": _Style(
        (75, 95),
        48,
        4,
        1.4,
        0.02,
        0.8,
        "x.........a.....",
        False,
        "x..x......x.....",
        "....x.......x...",
        "x.x.x.xxx.x.x.x.",
    ),
}


def varied(number: int, seconds: float) -> Varied:
    """The style is `number` modulo ten; all else is by chance, the same each time."""
    name = list(STYLES)[number % len(STYLES)]
    chance = np.random.default_rng(number)
    style = STYLES[name]
    step = 60 / chance.uniform(*style.tempo) / 4
    length = round(seconds * RATE)
    sound = np.zeros(length)
    brightness = chance.uniform(0.9, 1.1)
    notes: dict[float, Sound] = {}
    for begin, pitch, loud in _notes(style, step, seconds, chance):
        if pitch not in notes:
            notes[pitch] = _note(style, pitch, brightness)
        _put(sound, begin, loud * notes[pitch])
    drums = np.zeros(length)
    for pattern, hit in zip((style.kick, style.snare, style.hat), _hits(chance), strict=True):
        for place in _played(pattern, step, seconds):
            _put(drums, place, chance.uniform(0.8, 1.0) * hit)
    music = sound / max(np.abs(sound).max(), 1e-9) + chance.uniform(0.5, 0.9) * drums
    music += style.noise * np.cumsum(chance.normal(0, 0.02, length)).clip(-1, 1) + chance.normal(0, 1e-4, length)
    stereo = np.stack((music, np.roll(music, int(chance.integers(50, 300)))))
    return Varied(name, (stereo * (chance.uniform(0.3, 0.8) / np.abs(stereo).max())).astype(np.float32))


def _notes(
    style: _Style, step: float, seconds: float, chance: np.random.Generator
) -> Iterator[tuple[float, float, float]]:
    """When in seconds, which MIDI pitch, and how loud; a chord lasts a bar."""
    scale = _SCALES[int(chance.integers(2))]
    tonic = style.octave + int(chance.integers(12))
    roots = [0, *chance.integers(0, 7, 3)]
    pattern = "".join(letter if chance.random() > 0.1 else "." for letter in style.notes)
    upward = int(chance.integers(1, 4))
    played = 0
    for bar in range(int(seconds / step / _STEPS) + 1):
        root = int(roots[bar % len(roots)])
        chord = [tonic + scale[(root + third) % 7] + 12 * ((root + third) // 7) for third in (0, 2, 4)]
        for place, letter in enumerate(pattern):
            time = (bar * _STEPS + place) * step
            if letter == "x":
                yield from ((time, pitch, 0.6) for pitch in chord)
            elif letter == "a":
                played += upward
                yield time, chord[played % 3] + 12 * (played // 3 % 2), 0.9


def _note(style: _Style, pitch: float, brightness: float) -> Sound:
    time = np.arange(round(min(3 * style.decay + style.attack, 3.0) * RATE)) / RATE
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    turn = 2 * np.pi * np.arange(_TABLE) / _TABLE
    wave = np.zeros(_TABLE)
    for harmonic in range(1, style.harmonics * (1 + style.hollow), 1 + style.hollow):
        if harmonic * frequency < RATE / 2:
            wave += np.sin(harmonic * turn) / harmonic ** (style.slope * brightness)
    sound = wave[(frequency * _TABLE * time).astype(int) % _TABLE]
    end = np.minimum(1, (time[-1] - time) / 0.02)
    return np.asarray(sound * np.minimum(1, time / style.attack) * np.exp(-time / style.decay) * end, np.float64)


def _hits(chance: np.random.Generator) -> tuple[Sound, Sound, Sound]:
    """A kick, a snare and a hat, of each track its own."""
    time = np.arange(round(0.2 * RATE)) / RATE
    noise = chance.uniform(-1, 1, len(time))
    pitch, fall = chance.uniform(45, 70), chance.uniform(15, 30)
    kick = np.sin(2 * np.pi * pitch * time * (1 + np.exp(-30 * time))) * np.exp(-fall * time)
    snare = (0.6 * noise + 0.5 * np.sin(2 * np.pi * 3.5 * pitch * time)) * np.exp(-chance.uniform(15, 35) * time)
    hat = 0.4 * np.diff(noise, prepend=0) * np.exp(-chance.uniform(50, 120) * time)
    return kick, snare, hat


def _played(pattern: str, step: float, seconds: float) -> Iterator[float]:
    for bar in range(int(seconds / step / _STEPS) + 1):
        for place, letter in enumerate(pattern):
            if letter == "x":
                yield (bar * _STEPS + place) * step


def _put(sound: Sound, seconds: float, note: Sound) -> None:
    begin = round(seconds * RATE)
    end = min(begin + len(note), len(sound))
    if begin < end:
        sound[begin:end] += note[: end - begin]
