"""The times of the beats, given how long a beat lasts.

N. Degara, E. A. Rúa, A. Pena, S. Torres-Guijarro, M. E. P. Davies, M. D. Plumbley: Reliability-informed beat tracking
of musical signals. IEEE Transactions on Audio, Speech, and Language Processing 20(1), 2012.

A hidden Markov model: state 0 is a beat, state n the nth value after it. From every state either the next one follows
or a beat, so only the beats have a predecessor worth remembering: four bytes per onset value; Essentia keeps
four for each of 130 states.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled_strictly
from tonearm.algorithms.rhythm.periods import RATE, Floats, beat_periods, gaussian

_DEVIATION = 0.025
"""Standard deviation of the time between two beats, in seconds."""
_TRUST = np.float32(0.5)
"""Weight of the beat period against the onsets."""
_EPSILON = np.finfo(np.float32).eps


def track_beats(onsets: Floats, upsampling: int) -> Floats:
    """Times of the beats in seconds: float32, shape (beats,), from 40 to 208 bpm, as Essentia's TempoTapDegara does it.

    `onsets` is an onset detection function: float32, shape (n,), none negative, in any unit. It has 44100 ÷ 512 values
    per second, divided by `upsampling` (1 or 2); values in between are interpolated. Where nothing repeats, as in
    silence or in a tenth of a second, there are no beats; Essentia finds them as dense as it can.
    """
    if not len(onsets):
        return np.empty(0, np.float32)
    highest = onsets.max()
    values = _upsampled(onsets / highest if highest else onsets, upsampling)
    periods = beat_periods(values)
    if not len(periods):
        return np.empty(0, np.float32)
    resolution = np.float32(1 / float(RATE))
    states = _number_of_states(np.float32(periods.max()) / RATE, resolution)
    shape = gaussian(_DEVIATION, float(resolution), float(np.float32(0.01 / upsampling)))
    distinct, which = np.unique(periods, return_inverse=True)
    beat, no_beat = np.empty((2, len(distinct), states), np.float32)
    for index, period in enumerate(distinct):
        _transitions(_shifted(shape, period - 1, states), beat[index], no_beat[index])
    return _likeliest_beats(values, resolution, which, beat, no_beat).astype(np.float32) * resolution


def _upsampled(onsets: Floats, times: int) -> Floats:
    if times == 1:
        return onsets.copy()
    found = np.empty((len(onsets) - 1) * times + 1, np.float32)
    steps = np.diff(onsets) / np.float32(times)
    for i in range(times):
        found[i:-1:times] = onsets[:-1] + steps * np.float32(i)
    found[-1] = onsets[-1]
    return found


@compiled_strictly
def _number_of_states(longest: np.float32, resolution: np.float32) -> int:
    """How many values may pass between two beats: the longest period in seconds and three deviations."""
    end = longest + np.float32(np.float32(3) * np.float32(_DEVIATION))
    states, time = 0, resolution
    while time <= end:
        time += resolution
        states += 1
    return states


def _shifted(shape: Floats, mean: int, states: int) -> Floats:
    """The distribution around the state `mean`, shape (states,)."""
    found = np.zeros(states, np.float32)
    start = mean - len(shape) // 2
    source = shape[max(0, -start) : max(0, states - start)]
    found[max(0, start) : max(0, start) + len(source)] = source
    return found


@compiled_strictly
def _log(value: np.float32) -> np.float32:
    return np.float32(math.log(value)) if value > 0 else np.float32(-np.inf)


@compiled_strictly
def _transitions(intervals: Floats, beat: Floats, no_beat: Floats) -> None:
    """Logarithms of how likely a beat, or none, follows each state, from the distribution of the time in between."""
    one = np.float32(1)
    survived = np.float32(0)
    for state in range(len(intervals)):
        chance = intervals[state]
        if state:
            chance = min(np.float32(math.exp(_log(chance) - survived)), one)
        beat[state] = _log(chance) * _TRUST
        survived += _log(one - chance)
        no_beat[state] = _log(one - chance) * _TRUST


@compiled_strictly
def _likeliest_beats(
    onsets: Floats, resolution: np.float32, periods: NDArray[np.int64], beat: Floats, no_beat: Floats
) -> NDArray[np.int64]:
    states = beat.shape[1]
    frames = len(onsets)
    hop = np.float32(np.float32(5.944308390022676) / np.float32(4))
    unreachable = np.finfo(np.float32).max
    cost = np.full(states, unreachable, np.float32)
    cost[0] = 0
    came_from = np.empty(frames, np.int32)
    period = 0
    for t in range(frames):
        likelihood = np.float32(0.99 * (onsets[t] if onsets[t] != 0 else np.float32(_EPSILON)))
        none = _TRUST * _log(np.float32(1.0 - likelihood))
        row = periods[period]
        lowest, source = np.float32(np.inf), 0
        for state in range(states):
            value = cost[state] - beat[row, state]
            if value < lowest:
                lowest, source = value, state
        came_from[t] = source
        for state in range(states - 1, 0, -1):
            cost[state] = cost[state - 1] - no_beat[row, state - 1] - none
        cost[0] = lowest - _TRUST * _log(likelihood)
        now = np.float32(t + 1) * resolution
        while period + 1 < len(periods) and np.float32(period + 2) * hop <= now:
            period += 1
    beats = np.empty(frames, np.int64)
    count = 0
    state = int(np.argmin(cost))
    for t in range(frames - 1, -1, -1):
        if state == 0:
            beats[count] = t
            count += 1
            state = came_from[t]
        else:
            state -= 1
    return beats[:count][::-1].copy()
