"""Songs of POP909, whose chords were labelled by a program.

Z. Wang et al.: POP909: a pop-song dataset for music arrangement generation. ISMIR 2020.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np

from tools.chords.harte import number_of
from tools.chords.song import Note, Part, Segment, Song

_EVERY = 64
_BEGIN, _SECONDS = 20.0, 40.0
"""What is taken of a song."""
_PARTS = {"MELODY": Part.MELODY, "BRIDGE": Part.PAD, "PIANO": Part.CHORDS}
_PIANO_PROGRAMS, _MELODY_PROGRAMS = (0, 0, 0, 4, 5, 24, 25, 48), (0, 40, 52, 65, 71, 73, 80)


def songs(folder: Path) -> Iterator[Song]:
    """One of every 64, from the folder with the folders 001 to 909."""
    for place in places(folder)[4::_EVERY]:
        yield Song(
            f"POP909 {place.name}",
            list(_in_stretch(notes(place / f"{place.name}.mid"))),
            list(_segments((place / "chord_midi.txt").read_text())),
            programs(np.random.default_rng(int(place.name))),
            _SECONDS,
        )


def places(folder: Path) -> list[Path]:
    """The folder of each song, in their order."""
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name.isdecimal())


def programs(random: np.random.Generator) -> dict[Part, int]:
    """By chance, as the MIDI files have a piano for everything."""
    piano, melody = int(random.choice(_PIANO_PROGRAMS)), int(random.choice(_MELODY_PROGRAMS))
    return {Part.MELODY: melody, Part.PAD: piano, Part.CHORDS: piano}


def _segments(text: str) -> Iterator[Segment]:
    for line in text.splitlines():
        if line.strip():
            start, end, label = line.split()
            times = [min(max(float(time) - _BEGIN, 0), _SECONDS) for time in (start, end)]
            if times[0] < times[1]:
                yield Segment(times[0], times[1], number_of(label))


def _in_stretch(notes: Iterable[Note]) -> Iterator[Note]:
    """Those that sound in the stretch, in it."""
    for note in notes:
        if note.end > _BEGIN and note.start < _BEGIN + _SECONDS:
            yield replace(note, start=max(note.start - _BEGIN, 0), end=note.end - _BEGIN)


def notes(file: Path) -> Iterator[Note]:
    """Of a song's MIDI file, in the order in which they end."""
    midi = mido.MidiFile(file)
    channels = {part: channel for channel, part in enumerate(_PARTS)}
    for track in midi.tracks:
        for message in track:
            if not message.is_meta:
                message.channel = channels.get(track.name.upper(), len(channels))
    parts = list(_PARTS.values())
    now, begun = 0.0, dict[tuple[Part, int], tuple[float, int]]()
    for message in midi:
        now += message.time
        if message.type not in ("note_on", "note_off") or message.channel >= len(parts):
            continue
        key = (parts[message.channel], message.note)
        if key in begun:
            start, velocity = begun.pop(key)
            yield Note(*key, start, now, velocity)
        if message.type == "note_on" and message.velocity:
            begun[key] = (now, message.velocity)
