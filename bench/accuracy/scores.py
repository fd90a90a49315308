"""Each answer against its label: a number, where 1 is right."""

from __future__ import annotations

import mir_eval.beat
import mir_eval.key
import numpy as np

from bench.accuracy.answer import Answer
from bench.accuracy.recordings import Recording

TOLERANCE = 0.04
"""Share of the tempo that an answer may be away from it (Gouyon et al., 2006)."""
OCTAVES = (1.0, 2.0, 3.0, 1 / 2, 1 / 3)
"""Multiples of the tempo that Acc2 takes for right as well."""


def key_score(recording: Recording, answer: Answer) -> float:
    """MIREX: 1 for the key, 0.5 a fifth above it, 0.3 for the relative, 0.2 for the parallel key."""
    return 0.0 if answer.key is None else float(mir_eval.key.weighted_score(recording.key, answer.key))


def key_is_right(recording: Recording, answer: Answer) -> float:
    return float(key_score(recording, answer) == 1)


def acc1(recording: Recording, answer: Answer) -> float:
    return _near(recording, answer, OCTAVES[:1])


def acc2(recording: Recording, answer: Answer) -> float:
    return _near(recording, answer, OCTAVES)


def _near(recording: Recording, answer: Answer, multiples: tuple[float, ...]) -> float:
    tempo = recording.tempo
    if answer.tempo is None or tempo is None:
        return 0.0
    return float(any(abs(answer.tempo - each * tempo) <= TOLERANCE * each * tempo for each in multiples))


def beats_f(recording: Recording, answer: Answer) -> float:
    """F-measure within 70 ms, of what is after the first five seconds."""
    return _f(recording.beats, answer.beats)


def downbeats_f(recording: Recording, answer: Answer) -> float:
    return _f(recording.downbeats, answer.downbeats)


def _f(annotated: tuple[float, ...], found: tuple[float, ...]) -> float:
    reference, estimate = (mir_eval.beat.trim_beats(np.array(times)) for times in (annotated, found))
    return float(mir_eval.beat.f_measure(reference, estimate)) if len(estimate) else 0.0


def line(beats: tuple[float, ...]) -> float:
    """The tempo in bpm of the straight line through the beats, by least squares."""
    return 60.0 / float(np.polyfit(np.arange(len(beats)), beats, 1)[0])


def tempo_error(recording: Recording, answer: Answer) -> float:
    """bpm away from the line through the annotated beats; NaN for a tempo that is wrong by more than 4 %."""
    if not acc1(recording, answer) or answer.tempo is None:
        return float("nan")
    return abs(answer.tempo - line(recording.beats))
