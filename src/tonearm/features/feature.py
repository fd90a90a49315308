"""What a feature is: a value that says what it is built on, and makes the object that computes it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonearm.audio.pcm import PcmFormat

Block = NDArray[np.floating[Any]]
"""A run of consecutive values of one feature. Time is the last axis of PCM, the first of everything else."""


class Extractor(ABC):
    """Computes one feature of one audio stream, block by block."""

    @abstractmethod
    def feed(self, block: Block) -> Block:
        """Take the next block of the source; return the values that are complete, perhaps none.

        Shape, dtype and unit are those that the feature's docstring states.
        """

    @abstractmethod
    def finish(self) -> Block:
        """Return the remaining values at the end of the stream. Called once, after the last `feed`."""


class DivisibleExtractor(Extractor):
    """One whose work on a block can be done side by side."""

    @abstractmethod
    def divide(self, block: Block) -> Sequence[Callable[[], Block]]:
        """Take the next block of the source; return the calls whose values are, one after the other, those of `feed`.

        At least one. They may run at the same time and in any order, before the next `divide`.
        """

    def feed(self, block: Block) -> Block:
        return np.concatenate([call() for call in self.divide(block)])


class Feature(ABC):
    """Equal and hashable by value: implement it as a frozen dataclass."""

    @property
    @abstractmethod
    def source(self) -> Feature | None:
        """The feature it is computed from; None only for the decoded PCM itself."""

    @abstractmethod
    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        """A fresh extractor for a stream of this format."""
