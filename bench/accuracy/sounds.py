"""Sounds that have neither a key nor a tempo: noise, silence and drones, made here."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sawtooth

from bench.accuracy.recordings import Recording

RATE = 44_100
SECONDS = 30
SOUND_SETS = ("noise", "silence", "drones")
_SLOPES = (0.0, 0.5, 1.0)
"""Exponents of frequency that amplitude falls with: white, pink and brown noise."""
_LEVELS = (-40.0, -20.0, -6.0)
"""Peak in dB of full scale."""
_DRONES = ((55.0,), (110.0,), (220.0,), (440.0,), (110.0, 165.0), (98.0, 147.0, 196.0), (220.0, 220.7), (73.4, 73.9))
"""Hertz: single tones, bare fifths, and tones that beat."""


def write(folder: Path, seconds: int = SECONDS) -> list[Recording]:
    """The sounds as WAV files in the folder."""
    found = []
    for kind, sounds in (("noise", noises(seconds)), ("silence", silences(seconds)), ("drones", drones(seconds))):
        for number, samples in enumerate(sounds):
            path = folder / f"{kind}-{number}.wav"
            with wave.open(str(path), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE)
                file.writeframes(np.round(samples * 32767).astype("<i2").tobytes())
            found.append(Recording(path, kind))
    return found


def noises(seconds: int) -> Iterator[NDArray[np.float64]]:
    """Of each colour at each level, shape (n,)."""
    random = np.random.default_rng(0)
    count = RATE * seconds
    frequencies = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20)
    for slope in _SLOPES:
        for level in _LEVELS:
            coloured = np.fft.irfft(np.fft.rfft(random.normal(size=count)) / frequencies**slope, count)
            yield _at(coloured, level)


def silences(seconds: int) -> Iterator[NDArray[np.float64]]:
    """Digital, and with the last bit or two of an analogue recording, shape (n,)."""
    random = np.random.default_rng(1)
    yield np.zeros(RATE * seconds)
    for bits in (1, 2, 4):
        yield random.uniform(-bits, bits, RATE * seconds) / 32767


def drones(seconds: int) -> Iterator[NDArray[np.float64]]:
    """Of sines and of saws, shape (n,)."""
    times = np.arange(RATE * seconds) / RATE
    for tones in _DRONES:
        yield _at(np.sum([np.sin(2 * np.pi * tone * times) for tone in tones], axis=0), -12.0)
        yield _at(np.sum([sawtooth(2 * np.pi * tone * times) for tone in tones], axis=0), -12.0)


def _at(samples: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    scaled: NDArray[np.float64] = samples / np.abs(samples).max() * 10 ** (level / 20)
    return scaled
