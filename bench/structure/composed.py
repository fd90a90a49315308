"""Music that is composed by chance, in forms of popular and of dance music."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from tools.chords.song import Note, Part, Song

from bench.structure.form import Piece, Section, joined

POP, DANCE = "composed songs", "composed dance tracks"
_FORMS = ("IABABCBO", "AABA", "ABAC", "ABACA", "IAABBAABBO", "IABCABCDCO", "ABABAB", "AABBCC", "IABCDA")
_DANCE = ("IKUDKUDO", "IDKUDO", "IUDKUDDO", "IKUDIKUDO")
"""I and O are beats alone, K is a break, U builds up, D is a drop."""
_LENGTHS = (4, 8, 8, 8, 12, 16)
_CHORD_PROGRAMS = (0, 4, 5, 16, 19, 24, 25, 27, 28, 29, 48, 50)
_PAD_PROGRAMS = (48, 50, 52, 89, 91)
_BASS_PROGRAMS = (32, 33, 34, 35, 36, 38, 39)
_MELODY_PROGRAMS = (0, 11, 40, 52, 56, 65, 71, 73, 75, 80, 81)
_MAJOR, _MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
_KICK, _SNARE, _HAT, _CRASH = 36, 38, 42, 49
_BAR = 4


@dataclass(frozen=True)
class _Style:
    """What all sections with one letter have in common; beats count from the beginning of a bar."""

    bars: int
    degrees: Sequence[int]
    """Of the scale, a chord for each bar, over and over."""
    strikes: Sequence[float]
    """When a chord is struck in each bar."""
    melody: Sequence[tuple[float, int, float]]
    """Of four bars: beat, step of the scale, and length in beats."""
    velocity: int
    parts: frozenset[Part]
    kick: bool = True


def composed(seed: int) -> tuple[Piece, Song]:
    """Odd seeds are dance tracks."""
    return _Composer(seed).composed(dance=bool(seed % 2))


class _Composer:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._random = np.random.default_rng([seed, 18])
        self._tonic = int(self._random.integers(12))
        self._scale = _MINOR if self._random.random() < 0.5 else _MAJOR
        self._notes: list[Note] = []
        self._beat = 0.0

    def composed(self, dance: bool) -> tuple[Piece, Song]:
        random = self._random
        self._beat = 60 / (random.uniform(118, 140) if dance else random.uniform(76, 132))
        form = str(random.choice(_DANCE if dance else _FORMS))
        styles = self._dance_styles() if dance else {letter: self._style(letter) for letter in sorted(set(form))}
        now, sections, drops = float(random.uniform(0, 0.5)), [], []
        begun = now
        for place, letter in enumerate(form):
            style = styles[letter]
            end = now + style.bars * _BAR * self._beat
            self._play(style, now, rising=letter == "U")
            if letter == "D" and form[place - 1] != "D" and place:
                drops.append(now)
            sections.append(Section(now if place else 0.0, end, letter))
            now = end
        sections[-1] = Section(sections[-1].start, now + 1, sections[-1].label)
        programs = {
            Part.CHORDS: int(random.choice(_CHORD_PROGRAMS)),
            Part.PAD: int(random.choice(_PAD_PROGRAMS)),
            Part.BASS: int(random.choice(_BASS_PROGRAMS)),
            Part.MELODY: int(random.choice(_MELODY_PROGRAMS)),
        }
        name = f"composed {self._seed} ({form})"
        assert begun < now
        piece = Piece(name, DANCE if dance else POP, joined(sections), tuple(drops) if dance else None)
        return piece, Song(name, self._notes, [], programs, now + 1)

    def _style(self, letter: str) -> _Style:
        random = self._random
        some = [part for part in (Part.BASS, Part.MELODY, Part.PAD, Part.DRUMS) if random.random() < 0.65]
        if letter in "IO":
            some = some[:1]
        return _Style(
            bars=int(random.choice((4, 8))) if letter in "IO" else int(random.choice(_LENGTHS)),
            degrees=self._degrees(),
            strikes=self._strikes(),
            melody=self._melody(),
            velocity=int(random.integers(65, 110)),
            parts=frozenset({Part.CHORDS, *some}),
        )

    def _dance_styles(self) -> Mapping[str, _Style]:
        degrees, strikes, melody = self._degrees(), self._strikes(), self._melody()
        drums, chords, pad, bass, lead = Part.DRUMS, Part.CHORDS, Part.PAD, Part.BASS, Part.MELODY

        def style(bars: Sequence[int], velocity: int, parts: frozenset[Part], kick: bool = True) -> _Style:
            return _Style(int(self._random.choice(bars)), degrees, strikes, melody, velocity, parts, kick)

        return {
            "I": style((8, 16), 90, frozenset({drums, bass} if self._random.random() < 0.5 else {drums})),
            "K": style((8, 16), 75, frozenset({pad, lead} if self._random.random() < 0.5 else {pad, chords}), False),
            "U": style((8,), 85, frozenset({pad, drums, chords}), False),
            "D": style((16, 32), 110, frozenset({drums, bass, chords, lead})),
            "O": style((8, 16), 88, frozenset({drums})),
        }

    def _degrees(self) -> list[int]:
        """No chord twice in a row."""
        found = [int(self._random.choice((0, 0, 3, 4, 5)))]
        for _ in range(int(self._random.choice((3, 3, 7)))):
            found.append(int(self._random.choice([degree for degree in range(6) if degree != found[-1]])))
        return found

    def _strikes(self) -> list[float]:
        patterns: tuple[list[float], ...] = ([0], [0, 2], [0, 1, 2, 3], [0, 1.5, 3], [0.5, 1.5, 2.5, 3.5], [0, 1.5, 2])
        return patterns[int(self._random.integers(len(patterns)))]

    def _melody(self) -> list[tuple[float, int, float]]:
        found, at, step = [], 0.0, int(self._random.integers(0, 8))
        while at < 4 * _BAR:
            length = float(self._random.choice((0.5, 0.5, 1, 1, 2)))
            step = int(np.clip(step + self._random.integers(-2, 3), -2, 10))
            if self._random.random() < 0.8:
                found.append((at, step, min(length, 4 * _BAR - at)))
            at += length
        return found

    def _pitch(self, step: int, base: int) -> int:
        octave, degree = divmod(step, len(self._scale))
        return base + self._tonic + 12 * octave + self._scale[degree]

    def _note(self, part: Part, pitch: int, start: float, length: float, velocity: int) -> None:
        louder = int(self._random.integers(-6, 7))
        self._notes.append(Note(part, pitch, start, start + length, int(np.clip(velocity + louder, 20, 127))))

    def _play(self, style: _Style, start: float, rising: bool) -> None:
        beat = self._beat
        for bar in range(style.bars):
            at = start + bar * _BAR * beat
            degree = style.degrees[bar % len(style.degrees)]
            velocity = style.velocity + (round(25 * bar / style.bars) if rising else 0)
            if Part.CHORDS in style.parts:
                ends = [*style.strikes[1:], _BAR]
                for strike, until in zip(style.strikes, ends, strict=True):
                    for step in (0, 2, 4):
                        length = 0.9 * (until - strike) * beat
                        self._note(Part.CHORDS, self._pitch(degree + step, 48), at + strike * beat, length, velocity)
            if Part.PAD in style.parts:
                for step in (0, 2, 4):
                    self._note(Part.PAD, self._pitch(degree + step, 60), at, 0.98 * _BAR * beat, velocity - 10)
            if Part.BASS in style.parts:
                for eighth in range(2 * _BAR):
                    self._note(Part.BASS, self._pitch(degree, 36), at + eighth * beat / 2, 0.4 * beat, velocity)
            if Part.DRUMS in style.parts:
                self._drums(style, at, bar, rising, velocity)
            if Part.MELODY in style.parts:
                for begin, step, length in style.melody:
                    if _BAR * (bar % 4) <= begin < _BAR * (bar % 4 + 1):
                        when = at + (begin - _BAR * (bar % 4)) * beat
                        self._note(Part.MELODY, self._pitch(step, 72), when, 0.9 * length * beat, velocity)

    def _drums(self, style: _Style, at: float, bar: int, rising: bool, velocity: int) -> None:
        beat = self._beat
        if not bar and style.kick:
            self._note(Part.DRUMS, _CRASH, at, beat, velocity)
        if rising:
            # A roll that becomes faster.
            times = 4 * 2 ** (4 * bar // style.bars)
            for stroke in range(min(times, 16)):
                self._note(Part.DRUMS, _SNARE, at + stroke * _BAR * beat / min(times, 16), 0.1, velocity - 10)
            return
        for place in range(_BAR):
            if style.kick:
                self._note(Part.DRUMS, _KICK, at + place * beat, 0.1, velocity)
            if place % 2:
                self._note(Part.DRUMS, _SNARE, at + place * beat, 0.1, velocity)
            for half in (0.0, 0.5):
                self._note(Part.DRUMS, _HAT, at + (place + half) * beat, 0.1, velocity - 20)
