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


@dataclass(frozen=True, slots=True)
class PcmFormat:
    """What every block of one stream has in common: rate in Hz and the channels' positions by FFmpeg's names."""

    rate: int
    channels: tuple[str, ...]
