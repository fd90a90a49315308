"""Songs of POP909 whose form people have labelled.

Z. Wang et al.: POP909: a pop-song dataset for music arrangement generation. ISMIR 2020. S. Dai, H. Zhang, R. B.
Dannenberg: Automatic analysis and influence of hierarchical structure on melody, rhythm and harmony in popular music.
CSMC + MuMe 2020: https://github.com/Dsqvival/hierarchical-structure-analysis.

A label such as i4A8A8B8o4 counts bars from where its own files of melody and chords begin. Where that is in the MIDI
file the melody tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tools.chords.pop909 import notes as notes_of
from tools.chords.pop909 import places, programs
from tools.chords.song import Note, Part, Song

from bench.structure.form import Piece, Section, joined

KIND = "songs of POP909"
_BEATS, _SIXTEENTHS = 4, 4
"""In a bar, and in a beat."""
_AGREEMENT = 0.7
"""Share of the melody that has to be where the labels' files have it."""
_KICK, _SNARE, _HAT = 36, 38, 42


def songs(midi: Path, labels: Path, every: int, first: int) -> Iterator[tuple[Piece, Song]]:
    """One of `every` songs that fits its labels. Both folders have the folders 001 to 909."""
    for place in places(midi)[first::every]:
        found = _song(place, labels / place.name)
        if found is not None:
            yield found


def _song(place: Path, labels: Path) -> tuple[Piece, Song] | None:
    """None if the labels cannot be told to fit."""
    beats = np.array([float(line.split()[0]) for line in (place / "beat_midi.txt").read_text().splitlines()])
    notes = list(notes_of(place / f"{place.name}.mid"))
    begin = _first_bar([note for note in notes if note.part is Part.MELODY], labels / "melody.txt", beats)
    if begin is None:
        return None
    lengths = re.findall(r"([A-Za-z])(\d+)", (labels / "human_label1.txt").read_text())
    borders = begin + _BEATS * np.cumsum([0, *(int(bars) for _, bars in lengths)])
    times = _extended(beats, int(borders[-1]))[borders]
    sections = [
        Section(float(start), float(end), label)
        for start, end, (label, _) in zip(times[:-1], times[1:], lengths, strict=True)
    ]
    seconds = max(note.end for note in notes) + 1
    sections[0] = Section(0.0, sections[0].end, sections[0].label)
    sections[-1] = Section(sections[-1].start, max(seconds, sections[-1].end), sections[-1].label)
    random = np.random.default_rng(int(place.name))
    instruments = programs(random)
    if random.random() < 0.5:
        notes += _drums(sections, beats, begin)
    name = f"POP909 {place.name}"
    return Piece(name, KIND, joined(sections)), Song(name, notes, [], instruments, sections[-1].end)


def _drums(sections: list[Section], beats: NDArray[np.float64], begin: int) -> Iterator[Note]:
    """In all but what comes before the first verse and after the last; the second letter of verses has them louder."""
    for section in sections:
        if section.label in "io":
            continue
        strength = 85 if section.label in "AaXx" else 110
        inside = np.flatnonzero((beats[:-1] >= section.start - 0.01) & (beats[:-1] < section.end - 0.01))
        for beat in inside:
            start, length = float(beats[beat]), float(beats[beat + 1] - beats[beat])
            for half in (0.0, 0.5):
                at = start + half * length
                yield Note(Part.DRUMS, _HAT, at, at + 0.1, strength - 20)
            yield Note(Part.DRUMS, _SNARE if (beat - begin) % 2 else _KICK, start, start + 0.1, strength)


def _extended(beats: NDArray[np.float64], last: int) -> NDArray[np.float64]:
    missing = max(0, last + 1 - len(beats))
    return np.concatenate((beats, beats[-1] + np.median(np.diff(beats)) * np.arange(1, missing + 1)))


def _first_bar(melody: list[Note], file: Path, beats: NDArray[np.float64]) -> int | None:
    """Which beat of the MIDI file the labels' files begin with; None if no beat lets most notes agree."""
    places = np.interp([note.start for note in melody], beats, np.arange(len(beats)))
    heard = {(round(_SIXTEENTHS * place), note.pitch) for place, note in zip(places, melody, strict=True)}
    written, now = [], 0
    for line in file.read_text().splitlines():
        if line.strip():
            pitch, length = map(int, line.split()[:2])
            if pitch:
                written.append((now, pitch))
            now += length
    if not written:
        return None
    shares = [
        sum(any((_SIXTEENTHS * beat + at + near, pitch) in heard for near in (-1, 0, 1)) for at, pitch in written)
        for beat in range(-8, 33)
    ]
    best = int(np.argmax(shares))
    beat = best - 8
    return beat if shares[best] >= _AGREEMENT * len(written) and beat >= 0 else None
