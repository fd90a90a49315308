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
_HIGHEST_PEAK = 2.0
"""+6 dBFS. Decoders of lossy formats pass full scale by half of that."""
_HIGHEST_POWER = 0.6
"""More than a sine has at full scale; both channels of a stereo track at this power are over 0 LUFS."""
_EXCERPT = BLOCK // _EVERY
_SHORTEST_EXCERPT = 1000
_NOISE = 0.2
"""-7 dBFS. Of 124 pieces of music none has more than half of it, and samples in the wrong byte order have 1/3."""


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


def is_implausible(block: Pcm, peak: float) -> bool:
    """Whether no recording has such samples, of which `peak` is the largest: louder than any, or white noise near full
    scale, which samples become that are read in another size or byte order than they were written in.
    """
    return (
        peak > _HIGHEST_PEAK
        or float(np.square(block[:, ::_EVERY]).mean(axis=1).max()) > _HIGHEST_POWER
        or any(_unforeseen(samples[:_EXCERPT]) > _NOISE for samples in block)
    )


def _unforeseen(samples: NDArray[np.float32]) -> float:
    """The power of what two samples do not foretell of the next one: the error of linear prediction of order 2
    (Levinson-Durbin). That of white noise is its power, that of a tone none.
    """
    if len(samples) < _SHORTEST_EXCERPT:
        return 0.0
    power, once, twice = (float(np.dot(samples[lag:], samples[: len(samples) - lag])) for lag in range(3))
    if not power:
        return 0.0
    first = once / power
    error = power * (1 - first**2)
    second = (twice - first * once) / error if error else 0.0
    return error * (1 - second**2) / len(samples)
