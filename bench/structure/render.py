"""Pieces as sound files, rendered once and kept in .accuracy."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import numpy as np
import soundfile
from tools.chords.render import midi
from tools.chords.song import Song

from bench.accuracy.asking import CACHE

_RATE = 22_050
_PEAK = 0.8


def rendered(song: Song, soundfont: Path) -> Path:
    """A FLAC of one channel. Without reverb and chorus, which take most of the time."""
    score = CACHE / "song.mid"
    CACHE.mkdir(parents=True, exist_ok=True)
    midi(song).save(score)
    name = hashlib.sha256(score.read_bytes() + soundfont.name.encode()).hexdigest()[:16]
    file = CACHE / f"{name}.flac"
    if not file.exists():
        wav = CACHE / "song.wav"
        options = ["-ni", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(_RATE), "-T", "wav", "-F"]
        subprocess.run(
            ["fluidsynth", *options, *map(str, (wav, soundfont, score))], check=True, capture_output=True, timeout=300
        )
        samples, _ = soundfile.read(wav, dtype="float32", always_2d=True)
        mono = np.zeros(round(song.seconds * _RATE), np.float32)
        heard = samples[: len(mono)].mean(axis=1)
        mono[: len(heard)] = heard
        soundfile.write(file, mono * (_PEAK / max(float(np.abs(mono).max()), 1e-9)), _RATE)
        wav.unlink()
    score.unlink()
    return file
