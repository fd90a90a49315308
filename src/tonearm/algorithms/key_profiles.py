"""Keys and triads as the profiles that chroma correlates with best, as Essentia's Key finds them.

C. L. Krumhansl: Cognitive Foundations of Musical Pitch. Oxford University Press, 1990.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled_strictly

PITCH_CLASSES = ("A", "Bb", "B", "C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab")

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class KeyProfiles:
    """How much of each of the twelve pitch classes, from the tonic upwards, a major and a minor key have."""

    major: tuple[float, ...]
    minor: tuple[float, ...]


BGATE = KeyProfiles(
    major=(1.00, 0.00, 0.42, 0.00, 0.53, 0.37, 0.00, 0.77, 0.00, 0.38, 0.21, 0.30),
    minor=(1.00, 0.00, 0.36, 0.39, 0.00, 0.38, 0.00, 0.74, 0.27, 0.00, 0.42, 0.23),
)
"""Á. Faraldo, S. Jordà, P. Herrera: A multi-profile method for key estimation in EDM. AES Conference on Semantic Audio,
2017."""
TEMPERLEY = KeyProfiles(
    major=(0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400),
    minor=(0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330),
)
"""D. Temperley: Music and Probability. MIT Press, 2007: in how many segments of the Kostka-Payne corpus each occurs."""
TONIC_TRIAD = KeyProfiles(
    major=(1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0),
    minor=(1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0),
)


def likeliest_keys(chroma: Floats, profiles: KeyProfiles) -> tuple[NDArray[np.int64], Floats]:
    """The key of each row of chroma, and its strength.

    `chroma` is float32, shape (n, size), from A upwards, with size a multiple of 12. Returns shape (n,) each: an index
    of PITCH_CLASSES, plus 12 for minor, and Pearson's correlation with the profile of that key, -1 to 1. A constant row
    correlates with nothing: A minor, strength 0.

    In single precision, step by step as Essentia does it: of a single tone many triads are as likely, and its rounding
    errors decide.
    """
    size = chroma.shape[1]
    return _likeliest(chroma, _between(profiles.major, size), _between(profiles.minor, size))


def correlations(chroma: NDArray[np.float64], profiles: KeyProfiles) -> NDArray[np.float64]:
    """Pearson's correlation with the profiles of all keys, -1 to 1; 0 for chroma that is the same everywhere.

    Takes shape (..., 12), from A upwards, and returns shape (..., 24): A to Ab major, then A to Ab minor.
    """
    centred = chroma - chroma.mean(axis=-1, keepdims=True)
    length = np.linalg.norm(centred, axis=-1, keepdims=True)
    return np.asarray((centred / np.where(length > 0, length, 1)) @ _directions(profiles).T)


@cache
def _directions(profiles: KeyProfiles) -> NDArray[np.float64]:
    """The profiles of all keys, shape (24, 12), each with mean 0 and length 1."""
    rows = [np.roll(profile, tonic) for profile in (profiles.major, profiles.minor) for tonic in range(12)]
    deviations = np.array(rows) - np.mean(rows, axis=1, keepdims=True)
    return np.asarray(deviations / np.linalg.norm(deviations, axis=1, keepdims=True))


@cache
def _between(profile: tuple[float, ...], size: int) -> Floats:
    """The profile with as many values as the chroma, by linear interpolation."""
    steps = size // 12
    values = np.array(profile, np.float32)
    falls = (values - np.roll(values, -1)) / np.float32(steps)
    return (values[:, None] - np.arange(steps, dtype=np.float32) * falls[:, None]).ravel()


@compiled_strictly
def _likeliest(chroma: Floats, major: Floats, minor: Floats) -> tuple[NDArray[np.int64], Floats]:
    keys = np.empty(len(chroma), np.int64)
    strengths = np.empty(len(chroma), np.float32)
    size = chroma.shape[1]
    for row in range(len(chroma)):
        on_major, of_major = _best_tonic(chroma[row], major)
        on_minor, of_minor = _best_tonic(chroma[row], minor)
        # A bin is in tune with the pitch class that it follows.
        if of_major > of_minor:
            keys[row], strengths[row] = on_major * 12 // size, of_major
        else:
            keys[row], strengths[row] = on_minor * 12 // size + 12, of_minor
    return keys, strengths


@compiled_strictly
def _best_tonic(chroma: Floats, profile: Floats) -> tuple[int, np.float32]:
    size = len(chroma)
    chroma_mean, chroma_spread = _spread(chroma)
    profile_mean, profile_spread = _spread(profile)
    best, highest = 0, np.float32(-1)
    for tonic in range(size):
        correlation = np.float32(0)
        for i in range(size):
            correlation += (chroma[i] - chroma_mean) * (profile[(i - tonic) % size] - profile_mean)
        if chroma_spread == 0:
            correlation = np.float32(0)
        else:
            correlation /= chroma_spread * profile_spread
        if correlation > highest:
            best, highest = tonic, correlation
    return best, highest


@compiled_strictly
def _spread(values: Floats) -> tuple[np.float32, np.float32]:
    """The mean, and the length of the vector of the deviations from it."""
    total = np.float32(0)
    for value in values:
        total += value
    mean = total / np.float32(len(values))
    total = np.float32(0)
    for value in values:
        total += (value - mean) * (value - mean)
    return mean, np.sqrt(total)
