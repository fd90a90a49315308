"""A song as sound, by fluidsynth."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import mido
import numpy as np
import soundfile
from numpy.typing import NDArray

from tools.chords.song import Song

RATE = 44_100
_TICKS = 1000
"""In a beat, which takes a second."""
_BEND = 200
"""Cents from the middle to the end of a pitch wheel."""
_SHORTEST = 0.05


def rendered(song: Song, soundfont: Path) -> NDArray[np.float32]:
    """Mono, shape (n,), at 44.1 kHz. What rings where the notes are cut off is neither chord nor silence, and cut."""
    with TemporaryDirectory() as folder:
        score, sound = Path(folder) / "song.mid", Path(folder) / "song.wav"
        midi(song).save(score)
        command = [
            "fluidsynth",
            "-ni",
            "-g",
            "0.5",
            "-r",
            str(RATE),
            "-T",
            "wav",
            "-F",
            *map(str, (sound, soundfont, score)),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        samples, _ = soundfile.read(sound, dtype="float32", always_2d=True)
    found = np.zeros(round((song.seconds + song.silence) * RATE), np.float32)
    mono = samples[: round(song.seconds * RATE)].mean(axis=1)
    found[: len(mono)] = mono
    return found


def midi(song: Song) -> mido.MidiFile:
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1_000_000)])
    for part, program in song.programs.items():
        track.append(mido.Message("program_change", channel=part, program=program))
        track.append(mido.Message("pitchwheel", channel=part, pitch=round(song.cents / _BEND * 8192)))
    events = []
    for note in song.notes:
        begin = mido.Message("note_on", channel=note.part, note=note.pitch, velocity=note.velocity)
        end = mido.Message("note_off", channel=note.part, note=note.pitch)
        events += [(note.start, 1, begin), (max(note.end, note.start + _SHORTEST), 0, end)]
    now = 0
    # A note that ends where another of its pitch begins must not end that one.
    for time, _, message in sorted(events, key=lambda event: event[:2]):
        tick = round(time * _TICKS)
        track.append(message.copy(time=tick - now))
        now = tick
    return mido.MidiFile(ticks_per_beat=_TICKS, tracks=[track])
