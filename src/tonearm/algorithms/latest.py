"""The end of what has come in blocks: for what looks a few seconds back while more arrives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.floating[Any]]


def latest(blocks: Sequence[Frames], first: int) -> Frames:
    """The frames from `first` on, of at least one block, without joining those before: shape (n, ...)."""
    before = sum(len(block) for block in blocks)
    count = 0
    for block in reversed(blocks):
        if before <= first:
            break
        before -= len(block)
        count += 1
    joined: Frames = np.concatenate(blocks[-max(1, count) :])
    return joined[max(0, first - before) :] if count else joined[len(joined) :]
