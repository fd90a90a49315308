"""Tempo, beats and bars from what two networks say: how likely each tempo is, and where beats and downbeats are."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.calibration import calibrated
from tonearm.algorithms.rhythm.beat_grid import Stretch, beat_grid
from tonearm.algorithms.rhythm.beat_line import beat_line, tempo_curve
from tonearm.algorithms.rhythm.loops import LONGEST, loop_tempo
from tonearm.algorithms.rhythm.pulse import pulse
from tonearm.algorithms.rhythm.tempo_classes import RATIOS, likeliest_tempo, same_tempo, tempo_mass, within
from tonearm.algorithms.rhythm.tempo_spans import tempo_spans
from tonearm.algorithms.rhythm.tracked import Tracked

Floats = NDArray[np.float64]
Chroma = NDArray[np.floating]

_BIAS, _SLOPE = 0.7, 0.6
"""The logistic function from the log odds of a tempo to those of its being right.

Fitted on 173 songs, drum tracks and loops, for deeptemp_k24 and deeptemp_k8 alike (0.76 and 0.61, 0.61 and 0.54): the
error of calibration is 0.03 in ten folds.
"""
_LIKELIEST, _LEAST = 0.999, 0.001
_MISTAKEN = {2.0: 0.03, 1 / 2: 0.01}
"""What is added to the probability of twice and of half the tempo: networks are surer of the level than right."""
_ELSE = 0.01
_WORTH_NAMING = 0.01

_PULSE, _CLEAR = 0.1, 0.9
"""A beat stands out where there is a pulse, or where the tempo is as clear as this.

The pulse is the share of the activations on the beats: by chance 0, at most 1. In noise, drones, speech and whales it
is up to 0.14, in labelled music above 0.1 for 95 of 100.
"""
_NO_PULSE, _NO_TEMPO = 0.04, 0.4
"""Without a pulse there is no tempo unless it is clear: noise has one of 0.8, a pulse of 0.02. With little of a pulse
there is none if the tempo is this unclear, as in speech and drones. No labelled song has none."""


def track_with_networks(
    windows: Floats,
    hop: float,
    activations: Floats,
    rate: float,
    chroma: Chroma,
    chroma_rate: float,
    seconds: float,
    low: float,
    high: float,
) -> Tracked:
    """Track the beats of audio that lasts `seconds`, at a tempo from `low` to `high` bpm.

    `windows` is float, shape (windows, classes): probabilities of the tempi of `tempo_classes` in windows of two hops,
    one each `hop` s. `activations`, shape (frames, 2), and `chroma`, shape (chroma frames, pitch classes), are as in
    `beat_grid`.
    """
    classes = within(windows.mean(axis=0), low, high)
    if seconds <= LONGEST:
        bpm = loop_tempo(classes, seconds)
        stretches = [Stretch(0, seconds, bpm, bpm)]
    else:
        spans = tempo_spans(windows, likeliest_tempo(classes))
        main = max(spans, key=lambda span: span.end - span.begin)
        bpm = main.bpm
        classes = within(windows[main.begin : main.end].mean(axis=0), low, high)
        borders = [0, *(hop * (span.begin + 0.5) for span in spans[1:]), seconds]
        stretches = [
            Stretch(begin, end, span.slowest, span.fastest)
            for (begin, end), span in zip(pairwise(borders), spans, strict=True)
        ]
    grid = beat_grid(activations, rate, chroma, chroma_rate, stretches)
    mass = tempo_mass(classes, bpm)
    if grid is None:
        return Tracked(None)
    times = np.array(grid.times)
    # A few beats have no pulse to speak of.
    share = pulse(activations.sum(axis=1), times * rate) if seconds > LONGEST else 1.0
    if (share < _NO_PULSE and mass < _CLEAR) or (share < _PULSE and mass < _NO_TEMPO):
        return Tracked(None)
    line = beat_line(times)
    confidence = _confidence(mass)
    return Tracked(
        bpm=min(max(line.bpm, low), high) if len(stretches) == 1 and same_tempo(line.bpm, bpm) else bpm,
        confidence=confidence,
        stands_out=share >= _PULSE or mass >= _CLEAR,
        alternatives=_alternatives(classes, bpm, 1 - confidence, low, high),
        beats=grid.times,
        numbers=grid.numbers,
        metre=grid.metre,
        curve=None if line.constant and len(stretches) == 1 else tempo_curve(times),
    )


def _confidence(mass: float) -> float:
    return calibrated(min(max(mass, _LEAST), _LIKELIEST), _BIAS, _SLOPE)


def _alternatives(classes: Floats, bpm: float, left: float, low: float, high: float) -> list[tuple[float, float]]:
    """Tempi that the music may have instead of `bpm`, and how likely each is of the probability that is `left`."""
    others = [ratio for ratio in RATIOS if low <= ratio * bpm <= high]
    likely = [(ratio * bpm, tempo_mass(classes, ratio * bpm) + _MISTAKEN.get(ratio, 0)) for ratio in others]
    whole = sum(mass for _, mass in likely) + _ELSE
    found = [(tempo, left * mass / whole) for tempo, mass in likely if left * mass / whole >= _WORTH_NAMING]
    return sorted(found, key=lambda each: -each[1])
