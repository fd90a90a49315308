"""The peaks of the salience of pitches over time, and of them those that matter to contours."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.melody.salience import BINS

Floats = NDArray[np.float32]
Counts = NDArray[np.uint8]
Bins = NDArray[np.uint16]

LONGEST_GAP = 34
"""Frames, 100 ms: how long a contour goes on at most without a salient peak."""
WIDEST_STEP = 7
"""Bins by which the pitch of a contour changes at most from one frame to the next."""
_MOST_PEAKS = 100
_SALIENT = np.float32(0.9)
"""Part of the highest peak of a frame that another one must have to be salient in it."""


class Peaks(NamedTuple):
    """Peaks in consecutive frames: those of a frame from the highest to the lowest, equal ones by pitch."""

    counts: Counts
    """How many there are in each frame, shape (frames,)."""
    salient: Counts
    """How many of them are salient in it, shape (frames,)."""
    bins: Bins
    """The pitch of each, shape (peaks,)."""
    saliences: Floats
    """The height of each, shape (peaks,), positive."""


class SaliencePeaks:
    """Finds peaks while frames arrive, and keeps those that may matter to a contour.

    A contour leads from salient peak to salient peak, through others in at most LONGEST_GAP frames between. So a peak
    matters only if one can get to it from a salient one before it or after it, by steps of at most WIDEST_STEP bins.
    Of thirty in a frame these are two to ten, which makes 0.2 to 1.4 MB per minute.
    """

    def __init__(self) -> None:
        self._kept = [
            Peaks(np.empty(0, np.uint8), np.empty(0, np.uint8), np.empty(0, np.uint16), np.empty(0, np.float32))
        ]
        self._frames = np.empty((0, BINS), np.float32)
        self._done = 0
        """How many of the frames are there only because peaks after them are reached through theirs."""

    def add(self, saliences: Floats) -> None:
        """Take the salience of each pitch in the next frames: float32, shape (frames, BINS), never negative."""
        self._frames = np.concatenate((self._frames, saliences))
        self._keep_until(len(self._frames) - LONGEST_GAP)

    def finish(self) -> Peaks:
        """The peaks of all frames. Called once, after the last `add`."""
        self._keep_until(len(self._frames))
        peaks = Peaks(*(np.concatenate(parts) for parts in zip(*self._kept, strict=True)))
        self._kept.clear()
        return peaks

    def _keep_until(self, end: int) -> None:
        if end <= self._done:
            return
        shape = len(self._frames), _MOST_PEAKS
        counts, salient = np.zeros((2, len(self._frames)), np.uint8)
        bins, heights = np.empty(shape, np.uint16), np.empty(shape, np.float32)
        _find_highest(self._frames, counts, salient, bins, heights)
        reached = np.zeros(shape, np.bool_)
        for backwards in (False, True):
            _reach(counts, salient, bins, backwards, reached)
        rows = slice(self._done, end)
        left = reached[rows]
        kept = Peaks(left.sum(axis=1, dtype=np.uint8), salient[rows], bins[rows][left], heights[rows][left])
        self._kept.append(kept)
        begin = max(0, end - LONGEST_GAP)
        self._frames = self._frames[begin:]
        self._done = end - begin


@compiled
def _find_highest(frames: Floats, counts: Counts, salient: Counts, bins: Bins, heights: Floats) -> None:
    """Write as many peaks of each frame as have a place, the highest first; and how many these are."""
    for frame in range(len(frames)):
        row = frames[frame]
        count = 0
        for place in range(row.size):
            if not _is_peak(row, place):
                continue
            if count == _MOST_PEAKS:
                if row[place] <= heights[frame, count - 1]:
                    continue
                count -= 1
            rank = count
            while rank > 0 and heights[frame, rank - 1] < row[place]:
                bins[frame, rank], heights[frame, rank] = bins[frame, rank - 1], heights[frame, rank - 1]
                rank -= 1
            bins[frame, rank], heights[frame, rank] = place, row[place]
            count += 1
        counts[frame] = count
        while salient[frame] < count and heights[frame, salient[frame]] >= _SALIENT * heights[frame, 0]:
            salient[frame] += 1


@compiled
def _is_peak(row: Floats, place: int) -> bool:
    """Whether Essentia's PeakDetection finds one here: a flat one is where it begins, and not at an end."""
    last = row.size - 1
    if place == 0:
        return bool(row[0] > row[1])
    if row[place] <= row[place - 1]:
        return False
    if place == last:
        return True
    end = place
    while end + 1 < last and row[end + 1] == row[place]:
        end += 1
    return bool(row[end + 1] < row[place] and (end == place or end + 1 < last))


@compiled
def _reach(counts: Counts, salient: Counts, bins: Bins, backwards: bool, reached: NDArray[np.bool_]) -> None:
    """Mark the peaks that one gets to from salient ones, going forwards or backwards."""
    frames = counts.size
    # Of those of the last frame and of this one, the pitch and the number of frames since a salient one.
    pitches = np.empty((2, _MOST_PEAKS), np.int64)
    distances = np.empty((2, _MOST_PEAKS), np.int64)
    before = 0
    for i in range(frames):
        frame = frames - 1 - i if backwards else i
        last, this = i % 2, (i + 1) % 2
        count = 0
        for peak in range(counts[frame]):
            pitch = np.int64(bins[frame, peak])
            distance = 0 if peak < salient[frame] else LONGEST_GAP + 1
            for other in range(before):
                if abs(pitches[last, other] - pitch) <= WIDEST_STEP:
                    distance = min(distance, distances[last, other] + 1)
            if distance <= LONGEST_GAP:
                reached[frame, peak] = True
                pitches[this, count], distances[this, count] = pitch, distance
                count += 1
        before = count
