"""What a constant-Q transform tells of chords: the pitch classes in four registers, and how tonal the sound is.

M. Mauch, S. Dixon: Approximate note transcription for the improved identification of difficult chords. ISMIR 2010.
Theirs has two registers and removes the background of a spectrum in the same way.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

LOWEST_PITCH = 28
"""MIDI's number of the first bin's note: E1."""
_PITCHES = 83
_PITCH_CLASSES = 12
REGISTERS = 4
TRAITS = 4
_BACKGROUND = 19
"""Semitones, over which the background of a spectrum is averaged."""
_FLOOR = 1e-6
_LEAST_SHARE, _LEAST_SUM = 1e-4, 1e-3


def loudness_of(magnitudes: Floats) -> float:
    """What the loud frames of a stretch have, in the unit of its magnitudes, shape (frames, bins)."""
    return float(np.percentile(magnitudes.max(axis=1), 95)) + _FLOOR


def chroma(magnitudes: Floats, tuning: float, loudness: float) -> tuple[Floats, Floats]:
    """The pitch classes of each register, and traits that tell chords from noise and silence.

    Takes magnitudes of 24 bins an octave from E1 up, float32, shape (frames, 168), how many semitones the notes are
    above the bins, and what the loud frames have. Returns float32, shape (frames, 4, 12), from C up, and (frames, 4).
    Both are dimensionless, and the former are never negative.
    """
    places = np.clip(2 * (np.arange(_PITCHES) + tuning), 0, magnitudes.shape[1] - 1)
    below = np.minimum(places.astype(np.int64), magnitudes.shape[1] - 2)
    share = (places - below).astype(np.float32)
    pitches = magnitudes[:, below] * (1 - share) + magnitudes[:, below + 1] * share
    values = np.sqrt(pitches / loudness)
    values = np.maximum(0, values - _background(values))
    registers = np.einsum("fp,rpc->frc", values, _weights(), optimize=True)
    traits = (
        np.log(magnitudes.max(axis=1) / loudness + _LEAST_SHARE),
        np.log(magnitudes.mean(axis=1) / loudness + _LEAST_SHARE),
        np.log((pitches.max(axis=1) + _FLOOR) / (pitches.mean(axis=1) + _FLOOR)),
        np.log(registers.sum(axis=(1, 2)) + _LEAST_SUM),
    )
    return registers.astype(np.float32), np.stack(traits, axis=1).astype(np.float32)


def _background(values: Floats) -> Floats:
    """The mean of the pitches around each."""
    half = _BACKGROUND // 2
    sums = np.cumsum(np.pad(values, ((0, 0), (half + 1, half)), mode="edge"), axis=1, dtype=np.float64)
    return np.asarray((sums[:, _BACKGROUND:] - sums[:, :-_BACKGROUND]) / _BACKGROUND, np.float32)


@cache
def _weights() -> Floats:
    """How much of each pitch counts for a pitch class of a register: float32, shape (4, pitches, 12)."""
    pitches = LOWEST_PITCH + np.arange(_PITCHES)
    rises = ((28, 46), (40, 58), (52, 70))
    shapes = [1.5 * (1 - np.abs(pitches - (low + high) / 2) / ((high - low) / 2)) for low, high in rises]
    shapes.append(np.minimum((pitches - 64) / 6, (98 - pitches) / 14))
    weights = np.zeros((REGISTERS, _PITCHES, _PITCH_CLASSES), np.float32)
    for register, shape in enumerate(shapes):
        weights[register, np.arange(_PITCHES), pitches % _PITCH_CLASSES] = np.clip(shape, 0, 1)
    return weights
