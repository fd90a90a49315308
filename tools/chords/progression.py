"""Progressions that are composed by chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tonearm.algorithms.harmony.vocabulary import NO_CHORD, QUALITIES, ROOTS
from tools.chords.arrangement import LENGTHS, Arrangement, drawn
from tools.chords.song import Note, Part, Segment, Song

_NAMES = tuple(QUALITIES)
_MAJOR = {
    0: ("", "", "", "maj7", "sus4"),
    2: ("m", "m7"),
    4: ("m", "m7"),
    5: ("", "", "maj7"),
    7: ("", "7", "7", "sus4"),
    9: ("m", "m", "m7"),
    11: ("dim",),
}
_MINOR = {
    0: ("m", "m", "m7"),
    2: ("dim",),
    3: ("", "maj7"),
    5: ("m", "m7"),
    7: ("m", "", "7", "7", "sus4"),
    8: ("", "maj7"),
    10: ("", "7"),
}
"""By degree of the scale, in semitones, the qualities of its chords, each as often as it is there."""
_LOWEST_BASS = 28
_KICK, _SNARE, _HAT = 36, 38, 42
_BAR = 4
"""Beats of a pause."""


def composed(seed: int) -> Song:
    """About 40 s."""
    return _Composer(seed).song()


class _Composer:
    def __init__(self, seed: int) -> None:
        self._name = f"progression {seed}"
        self._random = np.random.default_rng(seed)
        self._style: Arrangement = drawn(self._random)
        self._notes: list[Note] = []
        self._segments: list[Segment] = []
        self._now = 0.0
        self._last_chord = NO_CHORD
        self._melody = 72

    def song(self) -> Song:
        length = self._random.uniform(34, 42)
        if self._chance(0.5):
            self._segment(self._random.uniform(0.5, 3), NO_CHORD)
        chords = 0
        while self._now < length:
            if chords > 2 and self._chance(0.045):
                self._pause(with_drums=self._style.drums and self._chance(0.67))
            else:
                self._chord()
                chords += 1
        seconds, silence = self._now, float(self._random.uniform(2.5, 4)) if self._chance(0.5) else 0.0
        if silence:
            self._segment(silence, NO_CHORD)
        return Song(
            self._name,
            self._notes,
            self._segments,
            self._style.programs,
            seconds,
            silence,
            cents=float(self._random.uniform(-45, 45)) if self._chance(0.35) else 0.0,
        )

    def _chance(self, share: float) -> bool:
        return bool(self._random.random() < share)

    def _segment(self, seconds: float, chord: int) -> None:
        self._segments.append(Segment(self._now, self._now + seconds, chord))
        self._now += seconds
        self._last_chord = chord

    def _pause(self, with_drums: bool) -> None:
        if with_drums:
            self._play_drums(_BAR)
        self._segment(_BAR * self._style.beat, NO_CHORD)

    def _chord(self) -> None:
        style = self._style
        beats = style.length if self._chance(0.8) else int(self._random.choice(LENGTHS, p=style.lengths))
        chord = self._next_chord()
        root, steps = chord % len(ROOTS), QUALITIES[_NAMES[chord // len(ROOTS)]]
        tones = [(root + step) % 12 for step in steps]
        lowest = tones[int(self._random.integers(1, len(tones))) if self._chance(0.2) else 0]
        voicing = self._voicing(tones, lowest)
        self._play_chord(voicing, beats)
        if Part.PAD in style.programs:
            for pitch in voicing[-len(tones) :]:
                self._note(Part.PAD, pitch + (0 if pitch > 55 else 12), 0, beats - 0.05)
        if Part.BASS in style.programs:
            self._play_bass(lowest, tones[2], beats)
        if Part.MELODY in style.programs:
            self._play_melody(tones, beats)
        if style.drums:
            self._play_drums(beats)
        self._segment(beats * style.beat, chord)

    def _next_chord(self) -> int:
        """Any but the last one."""
        chord = self._last_chord
        while chord == self._last_chord:
            if self._style.free or self._chance(0.12):
                chord = int(self._random.integers(NO_CHORD))
            else:
                degrees = _MINOR if self._style.minor else _MAJOR
                degree = int(self._random.choice(list(degrees)))
                quality = str(self._random.choice(degrees[degree]))
                chord = _NAMES.index(quality) * len(ROOTS) + (self._style.tonic + degree) % 12
        return chord

    def _voicing(self, tones: Sequence[int], lowest: int) -> list[int]:
        """All tones from about middle C up; at times doubled, without the fifth, or with a bass of its own."""
        base = int(self._random.integers(50, 60))
        pitches = sorted(base + (tone - base) % 12 for tone in tones)
        if self._chance(0.4):
            pitches.append(pitches[0] + 12)
        if len(pitches) > 3 and self._chance(0.15):
            pitches = [pitch for pitch in pitches if pitch % 12 != tones[2]]
        if Part.BASS not in self._style.programs or self._chance(0.2):
            pitches.insert(0, 36 + lowest + (12 if self._chance(0.5) else 0))
        return pitches

    def _note(self, part: Part, pitch: int, start: float, end: float, softer: int = 0) -> None:
        """Times are in beats from now."""
        velocity = self._style.velocities[part] - softer + int(self._random.integers(-8, 8))
        start, end = (self._now + beats * self._style.beat for beats in (start, end))
        self._notes.append(Note(part, pitch, start, end, min(max(velocity, 20), 127)))

    def _play_chord(self, pitches: Sequence[int], beats: int) -> None:
        hold = self._random.uniform(0.85, 1.0)
        match self._style.pattern:
            case "held":
                strikes = [(0.0, beats * hold)]
            case "beats":
                strikes = [(beat, beat + 0.9 * hold) for beat in range(beats)]
            case "off-beats":
                strikes = [(0.0, 0.4), *((beat + 0.5, beat + 0.95) for beat in range(beats))]
            case "strummed":
                self._strum(pitches, beats)
                return
            case _:
                self._break(pitches, beats)
                return
        for start, end in strikes:
            for pitch in pitches:
                self._note(Part.CHORDS, pitch, start, end)

    def _strum(self, pitches: Sequence[int], beats: int) -> None:
        for beat in range(0, beats, 1 if self._chance(0.5) else 2):
            for index, pitch in enumerate(pitches):
                self._note(Part.CHORDS, pitch, beat + 0.03 * index, min(beats, beat + 1.9))

    def _break(self, pitches: Sequence[int], beats: int) -> None:
        """Up and down, each note ringing into the next ones."""
        tour = [*pitches, *pitches[-2:0:-1]]
        count = max(beats * (4 if self._style.beat > 0.6 else 2), len(pitches))
        step = beats / count
        for index in range(count):
            self._note(Part.CHORDS, tour[index % len(tour)], index * step, min(beats, (index + 2.5) * step))

    def _play_bass(self, lowest: int, fifth: int, beats: int) -> None:
        tone, other = (_LOWEST_BASS + (each - _LOWEST_BASS) % 12 for each in (lowest, fifth))
        match self._style.bass_line:
            case "held":
                self._note(Part.BASS, tone, 0, 0.95 * beats)
            case "beats":
                for beat in range(beats):
                    self._note(Part.BASS, tone, beat, beat + 0.9)
            case "eighths":
                for eighth in range(2 * beats):
                    self._note(Part.BASS, tone, eighth / 2, eighth / 2 + 0.42)
            case _:
                for beat in range(beats):
                    self._note(Part.BASS, other if beat % 2 else tone, beat, beat + 0.9)

    def _play_melody(self, tones: Sequence[int], beats: int) -> None:
        """Most notes near the last one, two of three of the chord, the others of the scale."""
        scale = [(self._style.tonic + degree) % 12 for degree in (_MINOR if self._style.minor else _MAJOR)]
        at = 0.0
        while at < beats:
            length = min(float(self._random.choice((0.5, 0.5, 1, 1, 2))), beats - at)
            if self._chance(0.85):
                allowed = tones if self._chance(0.65) else scale
                aim = self._melody + self._random.normal(0, 4)
                self._melody = min((p for p in range(64, 88) if p % 12 in allowed), key=lambda p: abs(p - aim))
                self._note(Part.MELODY, self._melody, at, at + 0.95 * length)
            at += length

    def _play_drums(self, beats: int) -> None:
        for beat in range(beats):
            for half in (0, 0.5):
                self._note(Part.DRUMS, _HAT, beat + half, beat + half + 0.2, softer=15)
            self._note(Part.DRUMS, _SNARE if beat % 2 else _KICK, beat, beat + 0.2)
