"""Tempo and beats from an onset detection function alone."""

from __future__ import annotations

from itertools import pairwise
from math import exp
from statistics import median

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.rhythm.beat_line import beat_line, tempo_curve
from tonearm.algorithms.rhythm.beats import track_beats
from tonearm.algorithms.rhythm.tempo_classes import same_tempo
from tonearm.algorithms.rhythm.tracked import Tracked

_BIAS, _SLOPE = 0.15, 0.77
"""The logistic function from the share of steady beats to the log odds of the tempo's being right.

Fitted on 172 songs, drum tracks and loops. It tells little: 0.70 of their tempi are right, and steady beats may well be
at another level.
"""
_FEWEST = 10
"""Beats that a tempo is known by."""
_STEADY = 0.5
"""Share of steady beats below which there is no tempo: in speech and noise it is less."""
_STRONG = 1.0
"""Median of the strongest onsets, two of each second, from which a beat stands out: in labelled songs and loops it is
above 1.5, in drones below 0.7."""
_AS_LONG = 0.05
"""How much a steady beat may differ from the usual one."""
_LEFT = {2.0: 0.5, 1 / 2: 0.25}
"""Of the probability that the tempo is another: at twice it, and at half."""


def track_onsets(onsets: NDArray[np.float32], low: float, high: float) -> Tracked:
    """Track the beats at a tempo from `low` to `high` bpm, if there are at least ten.

    `onsets` is as in `track_beats`, 44100 ÷ 1024 values a second.
    """
    times = track_beats(onsets, upsampling=2).astype(np.float64).tolist()
    if len(times) < _FEWEST:
        return Tracked(None)
    lengths = [after - before for before, after in pairwise(times)]
    usual = median(lengths)
    steady = sum(abs(length - usual) <= _AS_LONG * usual for length in lengths) / len(lengths)
    if steady < _STEADY:
        return Tracked(None)
    times = _folded(times, low, high)
    if len(times) < 2:
        return Tracked(None)
    beats = np.array(times)
    line = beat_line(beats)
    around = 60 / float(np.median(np.diff(beats)))
    bpm = line.bpm if same_tempo(line.bpm, around) else around
    confidence = 1 / (1 + exp(-_BIAS - _SLOPE * steady))
    others = [(ratio * bpm, share * (1 - confidence)) for ratio, share in _LEFT.items() if low <= ratio * bpm <= high]
    return Tracked(
        bpm=bpm,
        confidence=confidence,
        stands_out=_strength(onsets, times[-1]) >= _STRONG,
        alternatives=others,
        beats=times,
        curve=None if line.constant else tempo_curve(beats),
    )


def _strength(onsets: NDArray[np.float32], seconds: float) -> float:
    return float(np.median(np.sort(onsets)[-max(1, round(2 * seconds)) :]))


def _folded(times: list[float], low: float, high: float) -> list[float]:
    """Every second beat, or beats in between, until the tempo is in the range or can be no nearer."""
    while len(times) > 2 and (bpm := 60 / median(b - a for a, b in pairwise(times))) > high and bpm / 2 >= low:
        times = times[::2]
    while 60 / median(b - a for a, b in pairwise(times)) < low:
        doubled = [time for a, b in pairwise(times) for time in (a, (a + b) / 2)] + times[-1:]
        if 60 / median(b - a for a, b in pairwise(doubled)) > high:
            break
        times = doubled
    return times
