"""A short synthesised track: four chords in A minor over drums at 120 bpm.

Workers warm up with it, the demo plays it, and tests use it if there are no real recordings.
"""

from __future__ import annotations

import io
import wave

import numpy as np
from numpy.typing import NDArray

RATE = 44_100
BPM = 120.0

_BEAT = 60 / BPM
_CHORDS = ((57, 60, 64), (53, 57, 60), (50, 57, 62, 65), (52, 56, 59, 64))
"""MIDI notes of Am, F, Dm and E, two beats each."""


def sample_track(seconds: float = 20.0) -> bytes:
    """A WAV file: stereo, 16 bits, 44.1 kHz."""
    music = _harmony(seconds) + _drums(seconds)
    stereo = np.stack((music, np.roll(music, 200))) * (0.7 / np.abs(music).max())
    pcm = (stereo.T * 32767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(2)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes(pcm.tobytes())
    return file.getvalue()


def _harmony(seconds: float) -> NDArray[np.float64]:
    sound = np.empty(round(seconds * RATE))
    length = round(2 * _BEAT * RATE)
    chords = [_chord(notes, min(length, len(sound))) for notes in _CHORDS]
    for bar, start in enumerate(range(0, len(sound), length)):
        part = sound[start : start + length]
        part[:] = chords[bar % len(chords)][: len(part)]
    return sound


def _chord(notes: tuple[int, ...], length: int) -> NDArray[np.float64]:
    sound = np.zeros(length)
    time = np.arange(length) / RATE
    decay = np.exp(-1.5 * time)
    for note in notes:
        pitch = 440 * 2 ** ((note - 69) / 12)
        for harmonic in (1, 2, 3, 4):
            tone = np.sin(2 * np.pi * pitch * harmonic * time) / harmonic**1.5
            sound += 0.15 * tone * decay
    return sound


def _drums(seconds: float) -> NDArray[np.float64]:
    sound = np.zeros(round(seconds * RATE))
    time = np.arange(round(0.12 * RATE)) / RATE
    kick = np.sin(2 * np.pi * 55 * time * np.exp(-6 * time)) * np.exp(-25 * time)
    hat = np.random.default_rng(0).uniform(-1, 1, len(time)) * np.exp(-90 * time)
    for half_beat in range(int(seconds / _BEAT * 2)):
        start = round(half_beat * _BEAT / 2 * RATE)
        hit = (0.25 * hat) if half_beat % 2 else (0.9 * kick)
        room = min(len(hit), len(sound) - start)
        sound[start : start + room] += hit[:room]
    return sound
