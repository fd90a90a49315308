"""The curve of energy while the audio arrives, a value for each second."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.perceived_energy import STEPS, energies

Floats = NDArray[np.floating[Any]]


class EnergySoFar:
    """Takes K-weighted power in steps of 0.1 s, and sums over the bands of frames, as they come."""

    def __init__(self, frames: int) -> None:
        """`frames` of bands there are in a second."""
        self._frames = frames
        self._steps = np.empty(0)
        self._sums = np.empty((0, 3))
        self._found: list[NDArray[np.float64]] = []
        self._told = 0
        self._sum = 0.0
        self._heard = 0

    def add_power(self, steps: Floats) -> None:
        self._steps = np.concatenate((self._steps, steps))
        self._take()

    def add_sums(self, sums: Floats) -> None:
        """Shape (frames, 3): see `band_sums`."""
        self._sums = np.concatenate((self._sums, sums))
        self._take()

    @property
    def energy(self) -> float:
        """Of the whole so far: the mean over the seconds that are not silent, or 0 if all are."""
        return self._sum / self._heard if self._heard else 0.0

    @property
    def curve(self) -> NDArray[np.float64]:
        """Of all whole seconds: shape (n,)."""
        return np.concatenate([np.empty(0), *self._found])

    def new(self) -> NDArray[np.float64]:
        """What is new of the curve since the last call."""
        new = self._found[self._told :]
        self._told = len(self._found)
        return np.concatenate([np.empty(0), *new])

    def finish(self) -> None:
        """The audio has ended: of less than a second there is one value, if there is a tenth of one."""
        if not self._found and len(self._steps) and len(self._sums):
            self._add(energies(self._steps.mean(keepdims=True), self._sums.mean(axis=0, keepdims=True)))

    def _take(self) -> None:
        seconds = min(len(self._steps) // STEPS, len(self._sums) // self._frames)
        if seconds:
            steps, sums = seconds * STEPS, seconds * self._frames
            power = self._steps[:steps].reshape(seconds, STEPS).mean(axis=1)
            means = self._sums[:sums].reshape(seconds, self._frames, 3).mean(axis=1)
            self._add(energies(power, means))
            self._steps, self._sums = self._steps[steps:], self._sums[sums:]

    def _add(self, energy: NDArray[np.float64]) -> None:
        self._found.append(energy)
        self._sum += float(energy.sum())
        self._heard += int((energy > 0).sum())
