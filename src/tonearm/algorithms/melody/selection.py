"""The melody among contours of pitch: Essentia's PitchContoursMelody."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tonearm.algorithms.compiled import compiled_strictly
from tonearm.algorithms.melody.contours import Contour, mean_and_deviation
from tonearm.algorithms.melody.salience import BINS, BINS_PER_OCTAVE, LOWEST
from tonearm.algorithms.melody.salience_peaks import Floats

_LOWEST_BIN = 65
"""80 Hz: a contour that goes below is none of a melody."""
_TOLERANCE = np.float32(0.2)
"""Standard deviations that the salience of a contour may be below the mean of all contours."""
_VIBRATO = 4
"""Bins: a contour whose pitch has a higher standard deviation may have any salience."""
_OCTAVE = 115, 125
"""Bins between two contours one of which is an octave of the other, and no melody of its own."""
_FARTHEST = 125
"""Bins between a contour and the average of the melody."""
_ROUNDS = 3
_AVERAGED = 1723
"""Frames: 5 s."""
_HERTZ = np.float32(LOWEST) * (float(np.float32(2 ** (1 / BINS_PER_OCTAVE))) ** np.arange(BINS)).astype(np.float32)


def melody(contours: list[Contour], frames: int) -> tuple[Floats, Floats]:
    """Pitch in Hz and confidence of each frame, both float32, shape (frames,), 0 where there is no melody.

    The confidence is the mean salience of the contour that the pitch is of.
    """
    voices = list(_voices(contours))
    kept = voices
    octaves = list(_octaves(voices))
    for _ in range(_ROUNDS if voices else 0):
        average = _average_pitch(kept, frames)
        distances = [_distance(voice, average, whole=True) for voice in voices]
        farther = {one if distances[one] >= distances[other] else other for one, other in octaves}
        kept = [voice for rank, voice in enumerate(voices) if rank not in farther]
        average = _average_pitch(kept, frames)
        kept = [voice for voice in kept if _distance(voice, average, whole=False) <= _FARTHEST]
    pitch, confidence, highest = np.zeros((3, frames), np.float32)
    for voice in kept:
        higher = voice.total > highest[voice.frames]
        highest[voice.frames][higher] = voice.total
        pitch[voice.frames][higher] = _HERTZ[voice.bins[higher]]
        confidence[voice.frames][higher] = voice.salience
    return pitch, confidence


def _voices(contours: list[Contour]) -> Iterator[Contour]:
    """The contours that may belong to the melody."""
    if not contours:
        return
    mean, deviation = mean_and_deviation(np.array([contour.salience for contour in contours]))
    threshold = mean - _TOLERANCE * deviation
    for contour in contours:
        if contour.bins.min() >= _LOWEST_BIN and (contour.salience >= threshold or contour.spread > _VIBRATO):
            yield contour


def _octaves(voices: list[Contour]) -> Iterator[tuple[int, int]]:
    """Which two voices, the smaller number first, are about an octave apart where both are there."""
    sounding: list[int] = []
    for rank in sorted(range(len(voices)), key=lambda rank: voices[rank].begin):
        begin, bins = voices[rank].begin, voices[rank].bins
        sounding = [other for other in sounding if voices[other].frames.stop > begin]
        for other in sounding:
            there = voices[other].bins[begin - voices[other].begin :][: len(bins)]
            apart = abs(int(bins[: len(there)].sum(dtype=np.int64)) - int(there.sum(dtype=np.int64))) / len(there)
            if _OCTAVE[0] < apart < _OCTAVE[1]:
                yield min(rank, other), max(rank, other)
        sounding.append(rank)


def _average_pitch(voices: list[Contour], frames: int) -> Floats:
    """The mean pitch in each frame, in bins, weighted by total salience, averaged over 5 s."""
    pitches, weights = np.zeros((2, frames), np.float32)
    for voice in voices:
        pitches[voice.frames] += voice.total * voice.bins.astype(np.float32)
        weights[voice.frames] += voice.total
    sounding = np.flatnonzero(weights)
    if len(sounding):
        pitches[sounding] /= weights[sounding]
        # Where there is no voice, the last pitch goes on, and the first one is there from the beginning.
        pitches = pitches[np.maximum.accumulate(np.where(weights > 0, np.arange(frames), sounding[0]))]
    return _moving_average(np.pad(pitches, _AVERAGED // 2, "edge"), _AVERAGED)


def _distance(voice: Contour, average: Floats, *, whole: bool) -> np.float32:
    """How many bins the pitch of the voice is from the average of all. If `whole`, that is rounded as Essentia does."""
    there = average[voice.frames]
    total = np.float32(_whole_sum(there) if whole else np.sum(there, dtype=np.float64))
    return np.float32(abs(voice.pitch - total / np.float32(len(there))))


@compiled_strictly
def _whole_sum(values: Floats) -> float:
    """The sum, cut to a whole number at each step: Essentia adds up in an integer."""
    total = 0.0
    for value in values:
        total = np.floor(np.float32(total) + value)
    return total


@compiled_strictly
def _moving_average(values: Floats, width: int) -> Floats:
    """The mean of each `width` values, the weighted ones added up in order, as by Essentia's MovingAverage."""
    values = values * np.float32(1 / width)
    averages = np.zeros(values.size - width + 1, np.float32)
    for begin in range(0, averages.size, 256):
        block = averages[begin : begin + 256]
        for offset in range(width):
            shifted = values[begin + offset : begin + offset + block.size]
            for i in range(block.size):
                block[i] += shifted[i]
    return averages
