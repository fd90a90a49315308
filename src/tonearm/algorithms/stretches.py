"""Long audio in stretches, each with what lies around it: for algorithms that look ahead and back, but not far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Stretch:
    """Some frames, of which those from `begin` to `end` are new; the others are around them."""

    frames: Frames
    first: int
    """How many frames of the audio are before these."""
    begin: int
    end: int


class Stretches:
    """Gathers frames, and yields them `length` at a time, with `around` more on either side."""

    def __init__(self, length: int, around: int) -> None:
        self._length = length
        self._around = around
        self._blocks: list[Frames] = []
        self._held = 0
        self._first = 0
        self._begin = 0

    def add(self, frames: Frames) -> Iterator[Stretch]:
        """Take the next frames, shape (n, ...); yield the stretches that are complete."""
        if len(frames):
            self._blocks.append(frames)
            self._held += len(frames)
        while self._held >= self._begin + self._length + self._around:
            held = self._joined()
            end = self._begin + self._length
            yield Stretch(held[: end + self._around], self._first, self._begin, end)
            passed = max(0, end - self._around)
            self._blocks = [held[passed:]]
            self._held -= passed
            self._first += passed
            self._begin = end - passed

    def finish(self) -> Iterator[Stretch]:
        """The frames that are left, if there are any."""
        if self._held > self._begin:
            yield Stretch(self._joined(), self._first, self._begin, self._held)

    def _joined(self) -> Frames:
        self._blocks = [np.concatenate(self._blocks)]
        return self._blocks[0]
