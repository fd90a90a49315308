"""Peaks of salience joined into contours of pitch: Essentia's PitchContours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled_strictly
from tonearm.algorithms.in_order import sum_in_order
from tonearm.algorithms.melody.salience_peaks import LONGEST_GAP, WIDEST_STEP, Bins, Counts, Floats, Peaks

Integers = NDArray[np.int32]

_SHORTEST = 35
"""Frames: more than 100 ms."""
_TOLERANCE = np.float32(0.9)
"""Standard deviations that a peak that is salient in its frame may be below the mean of all of them."""
_REACH = np.int64(WIDEST_STEP + 1)


class Contour(NamedTuple):
    """A pitch that changes little from each frame to the next."""

    begin: int
    """Its first frame."""
    bins: Bins
    """The pitch in each of its frames, shape (frames,)."""
    pitch: np.float32
    """The mean of the bins."""
    spread: np.float32
    """The standard deviation of the bins."""
    salience: np.float32
    """The mean of the saliences, in their unit."""
    total: np.float32
    """The sum of the saliences, in their unit."""

    @property
    def frames(self) -> slice:
        return slice(self.begin, self.begin + len(self.bins))


def find_contours(peaks: Peaks) -> Iterator[Contour]:
    """Contours of 100 ms and more.

    The highest salient peak that is left begins a contour, which takes in each frame after and before it the peak
    nearest to its last pitch; salient ones come first.
    """
    # 32 bits are enough for a week, and half of the memory.
    firsts = np.zeros(len(peaks.counts) + 1, np.int32)
    np.cumsum(peaks.counts, dtype=np.int32, out=firsts[1:])
    frames = np.repeat(np.arange(len(peaks.counts), dtype=np.int32), peaks.salient)
    before = np.cumsum(peaks.salient, dtype=np.int32) - peaks.salient
    starts = (firsts[:-1] - before)[frames] + np.arange(len(frames), dtype=np.int32)
    heights = peaks.saliences[starts]
    salient = peaks.salient.copy()
    if len(heights):
        mean, deviation = mean_and_deviation(heights)
        high = heights >= mean - deviation * _TOLERANCE
        salient -= np.bincount(frames[~high], minlength=len(salient)).astype(np.uint8)
        # Of equal ones the earliest comes first.
        order = np.argsort(-heights[high], kind="stable")
        starts, frames = starts[high][order], frames[high][order]
    used = np.zeros(len(peaks.bins), np.bool_)
    path = np.empty(len(salient), np.int32)
    position = 0
    while True:
        position, begin, end = _next_contour(
            position, starts, frames, firsts, salient, peaks.salient, peaks.bins, used, path
        )
        if begin == end:
            return
        chosen = path[begin:end]
        pitches, saliences = peaks.bins[chosen], peaks.saliences[chosen]
        salience, _ = mean_and_deviation(saliences)
        total = np.float32(np.sum(saliences, dtype=np.float64))
        yield Contour(int(begin), pitches, *mean_and_deviation(pitches.astype(np.float32)), salience, total)


def mean_and_deviation(values: Floats) -> tuple[np.float32, np.float32]:
    """Mean and standard deviation, summed in order and in single precision, as Essentia does."""
    size = np.float32(len(values))
    mean = sum_in_order(values) / size
    return mean, np.sqrt(sum_in_order((values - mean) ** 2) / size)


@compiled_strictly
def _next_contour(
    position: int,
    starts: Integers,
    frames: Integers,
    firsts: Integers,
    salient: Counts,
    salient_there: Counts,
    bins: Bins,
    used: NDArray[np.bool_],
    path: Integers,
) -> tuple[int, np.int64, np.int64]:
    """Find the next contour from a start at `position` or later, and write its peaks to `path`.

    Returns the position to go on from, the first frame of the contour and the one after its last: the same if there is
    no contour left.
    """
    while position < starts.size:
        origin = np.int64(frames[position])
        path[origin] = starts[position]
        position += 1
        if used[path[origin]]:
            continue
        used[path[origin]] = True
        last, gap = _follow(origin, 1, firsts, salient, salient_there, bins, used, path)
        begin, end = np.int64(0), last - gap + 1
        if origin > 0:
            first, gap = _follow(origin, -1, firsts, salient, salient_there, bins, used, path)
            begin = first + gap
            # What it went through is used up, as in Essentia with the frame after it.
            for frame in range(begin, min(end, last) + 1):
                used[path[frame]] = True
        elif end < _SHORTEST:
            # As in Essentia, which takes this for the end of all contours.
            break
        if end - begin >= _SHORTEST:
            return position, begin, end
    return position, np.int64(0), np.int64(0)


@compiled_strictly
def _follow(
    origin: np.int64,
    step: int,
    firsts: Integers,
    salient: Counts,
    salient_there: Counts,
    bins: Bins,
    used: NDArray[np.bool_],
    path: Integers,
) -> tuple[np.int64, int]:
    """Write a peak for each frame that the contour goes on through to `path`, and use those up that are salient.

    Returns the last of these frames, and how many of them up to there are without a salient peak.
    """
    frame = origin
    gap = 0
    while 0 <= frame + step < path.size:
        pitch = np.int64(bins[path[frame]])
        following = frame + step
        begin, end = np.int64(firsts[following]), np.int64(firsts[following + 1])
        salient_end, there_end = begin + salient[following], begin + salient_there[following]
        found, distance = _nearest(bins, used, begin, salient_end, pitch, _REACH)
        if found >= 0:
            used[found] = True
            gap = 0
        else:
            if gap == LONGEST_GAP:
                break
            # Those that are salient in their frame alone come last.
            found, distance = _nearest(bins, used, there_end, end, pitch, _REACH)
            nearer, _ = _nearest(bins, used, salient_end, there_end, pitch, distance)
            if nearer >= 0:
                found = nearer
            if found < 0:
                break
            gap += 1
        frame = following
        path[frame] = found
    return frame, gap


@compiled_strictly
def _nearest(
    bins: Bins, used: NDArray[np.bool_], begin: np.int64, end: np.int64, pitch: np.int64, distance: np.int64
) -> tuple[int, np.int64]:
    """The first of those peaks from `begin` to `end` that are nearest to the pitch and not used, and its distance.

    -1 and the given distance if none is nearer than that.
    """
    found = -1
    for peak in range(begin, end):
        apart = np.int64(abs(np.int64(bins[peak]) - pitch))
        if apart < distance and not used[peak]:
            found, distance = peak, apart
    return found, distance
