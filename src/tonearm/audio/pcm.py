"""What decoded audio is: blocks of samples, and what the blocks of one stream have in common.

Kept apart from the decoder, so that models and plugins never import FFmpeg.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pcm = NDArray[np.float32]
"""Samples at the file's own rate, shape (channels, n), full scale at ±1."""

BLOCK = 1 << 17
"""Samples per channel in a block: long enough that Python's cost per block vanishes, 3 s at 44.1 kHz."""

_EVERY = 16
_INAUDIBLE = 1e-7
"""-70 dBFS."""
_CANCELLED = 0.01


@dataclass(frozen=True, slots=True)
class PcmFormat:
    """What every block of one stream has in common: rate in Hz and the channels' positions by FFmpeg's names.

    `bits` are those of a sample of lossless audio; None for lossy audio.
    """

    rate: int
    channels: tuple[str, ...]
    bits: int | None = None

    @property
    def heard(self) -> NDArray[np.int64]:
        """The channels that make up the sound: all but the LFE, unless it is alone."""
        heard = [index for index, name in enumerate(self.channels) if name != "LFE"]
        return np.array(heard or range(len(self.channels)))


def cancels(block: Pcm, heard: NDArray[np.int64]) -> bool:
    """Whether the mean of these channels has far less power than they have, as if one of them were inverted."""
    if len(heard) == 1:
        return False
    # Of so many samples a part says enough.
    some = block[heard, ::_EVERY]
    power = float(np.square(some).mean())
    return power > _INAUDIBLE and float(np.square(some.mean(axis=0)).mean()) < _CANCELLED * power
