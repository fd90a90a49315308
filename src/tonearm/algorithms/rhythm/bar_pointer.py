"""Beats and bars as the likeliest way through bars of all tempi.

F. Krebs, S. Böck, G. Widmer: An efficient state-space model for joint tempo and meter tracking. ISMIR 2015. S. Böck,
F. Krebs, G. Widmer: Joint beat and downbeat tracking with recurrent neural networks. ISMIR 2016.

A pointer moves through a bar of so many beats; the tempo may change at a beat only. Between two beats nothing is to be
decided, so the score of a whole beat is a difference of prefix sums: the way is that of madmom's DBN (its
DBNDownBeatTrackingProcessor), at a cost that grows with the number of tempi squared and not with that of states.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled_strictly

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TEMPO_CHANGE = 100.0
"""How unlikely a change of tempo is: the weight of its relative size, as in both papers."""
_BEAT_SHARE = 16
"""A beat is heard in the first sixteenth of its time."""
_LEAST = 1e-12


@dataclass(frozen=True)
class Bars:
    """The beats found, with `metre` of them in a bar."""

    frames: Ints
    """int64, shape (beats,): the frame in which each beat is strongest."""
    numbers: Ints
    """int64, shape (beats,): its place in the bar; 1 is the downbeat."""
    metre: int
    log_likelihood: float


def track_bars(activations: Floats, shortest: int, longest: int, metres: tuple[int, ...] = (3, 4)) -> Bars:
    """Find the beats in probabilities of a beat that is none of the first in a bar, and of one that is.

    `activations` is float, shape (frames, 2). A beat lasts `shortest` to `longest` frames; the metre is the likeliest
    of `metres`.
    """
    values = np.asarray(activations, np.float64)
    intervals = np.arange(shortest, longest + 1)
    changes = _changes(intervals)
    best: Bars | None = None
    for metre in metres:
        likelihood, starts, places, lengths = _way(*_prefixes(values), intervals, changes, metre)
        if best is None or likelihood > best.log_likelihood:
            frames, numbers = _beats(values, starts, places, lengths)
            best = Bars(frames, numbers, metre, likelihood)
    assert best is not None
    return best


def _changes(intervals: Ints) -> Floats:
    """The log probability of each interval, a column, after another, a row."""
    change = -_TEMPO_CHANGE * np.abs(intervals[None] / intervals[:, None] - 1)
    # What rounds to zero cannot happen.
    change[change < np.log(np.spacing(1))] = -np.inf
    return np.asarray(change - np.log(np.exp(change).sum(axis=1, keepdims=True)))


def _prefixes(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Sums of log probabilities over the frames before each, shape (frames + 1,): of no beat, a beat, a downbeat."""
    beat, downbeat = values.T
    none = np.maximum(1 - beat - downbeat, _LEAST) / (_BEAT_SHARE - 1)
    sums = np.zeros((3, len(values) + 1))
    for row, probabilities in enumerate((none, beat, downbeat)):
        np.cumsum(np.log(np.maximum(probabilities, _LEAST)), out=sums[row, 1:])
    return sums[0], sums[1], sums[2]


def _beats(values: Floats, starts: Ints, places: Ints, lengths: Ints) -> tuple[Ints, Ints]:
    strongest = values.max(axis=1)
    frames, numbers = [], []
    for start, place, length in zip(starts, places, lengths, strict=True):
        width = -(-length // _BEAT_SHARE)
        heard = strongest[max(start, 0) : max(start + width, 0)]
        if len(heard):
            frames.append(max(start, 0) + int(heard.argmax()))
            numbers.append(place + 1)
    return np.array(frames, np.int64), np.array(numbers, np.int64)


@compiled_strictly
def _way(
    none: Floats, beat: Floats, downbeat: Floats, intervals: Ints, changes: Floats, metre: int
) -> tuple[float, Ints, Ints, Ints]:
    """The likeliest way: its log likelihood, and start, place in the bar and length in frames of each of its beats.

    The first beat may have begun before the first frame, where its start is negative, and the last may end later.
    """
    frames = len(none) - 1
    count = len(intervals)
    longest = intervals[-1]
    widths = np.empty(count, np.int64)
    for i in range(count):
        widths[i] = (intervals[i] + 15) // 16
    # ends[t % ring, place, i]: the score of the best way whose beat of this place and length ends before frame t.
    ring = longest + 1
    ends = np.full((ring, metre, count), -np.inf)
    # The length of the beat before the one that starts in a frame, or none if it is the first.
    before = np.full((frames + 1, metre, count), np.int8(-1))
    score, last_place, last_length, last_start = -np.inf, 0, 0, 0
    prior = -np.log(metre * intervals.sum())
    for t in range(frames):
        slot = t % ring
        for place in range(metre):
            heard = downbeat if place == 0 else beat
            previous = place - 1 if place > 0 else metre - 1
            for i in range(count):
                length, width = intervals[i], widths[i]
                best, argument = -np.inf, -1
                for j in range(count):
                    # Before the first frame every place in every bar is as likely.
                    value = (ends[slot, previous, j] if t > 0 else prior) + changes[j, i]
                    if value > best:
                        best, argument = value, j
                before[t, place, i] = argument
                end = t + length
                end, until = min(t + length, frames), min(t + width, frames)
                total = best + heard[until] - heard[t] + none[end] - none[until]
                if t + length <= frames:
                    ends[end % ring, place, i] = total
                if t + length >= frames and total > score:
                    score, last_place, last_length, last_start = total, place, i, t
        for place in range(metre):
            for i in range(count):
                ends[slot, place, i] = -np.inf
        if t == 0:
            # Beats that began earlier.
            for place in range(metre):
                heard = downbeat if place == 0 else beat
                for i in range(count):
                    length, width = intervals[i], widths[i]
                    for gone in range(1, length):
                        end, until = min(length - gone, frames), min(max(width - gone, 0), frames)
                        total = prior + heard[until] + none[end] - none[until]
                        if length - gone <= frames:
                            ends[end % ring, place, i] = total
                        if length - gone >= frames and total > score:
                            score, last_place, last_length, last_start = total, place, i, -gone
    starts = [last_start]
    places = [last_place]
    lengths = [intervals[last_length]]
    t, place, i = last_start, last_place, last_length
    while t > 0:
        i = before[t, place, i]
        place = place - 1 if place > 0 else metre - 1
        t -= intervals[i]
        starts.append(t)
        places.append(place)
        lengths.append(intervals[i])
    return score, np.array(starts[::-1]), np.array(places[::-1]), np.array(lengths[::-1])
