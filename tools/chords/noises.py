"""Sounds without chords."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tools.chords.render import RATE

_SECONDS = 15
_SIZE = 0.1
"""Their root mean square."""


def noises() -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Names and mono sounds, shape (n,), at 44.1 kHz."""
    random, count = np.random.default_rng(3), RATE * _SECONDS
    bins = np.arange(count // 2 + 1)
    clicks = np.zeros(count)
    clicks[:: RATE // 2] = 0.8
    white = random.normal(0, _SIZE, count)
    sounds = {
        "white noise": white,
        "pink noise": _coloured(random, count, 1 / np.sqrt(bins + 20)),
        "brown noise": _coloured(random, count, 1 / (bins + 300)),
        "clicks": clicks,
        "quiet noise": 0.003 * white,
    }
    for name, sound in sounds.items():
        yield name, sound.astype(np.float32)


def _coloured(random: np.random.Generator, count: int, weights: NDArray[np.floating]) -> NDArray[np.floating]:
    sound = np.fft.irfft(np.fft.rfft(random.normal(0, 1, count)) * weights, count)
    return np.asarray(sound * (_SIZE / sound.std()))
