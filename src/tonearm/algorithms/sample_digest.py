"""A digest of lossless audio that depends on neither its container nor its codec nor the machine."""

from __future__ import annotations

from hashlib import md5
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST_BITS = 24
"""Of an integer that a 32-bit float holds exactly."""


class SampleDigest:
    """MD5 of samples of so many bits, channels interleaved.

    Up to 24 bits, a sample is a signed little-endian integer in as few bytes as it needs, so this is the digest in the
    STREAMINFO of a FLAC (RFC 9639, section 8.2). More bits, as those of floating-point samples, become a 32-bit float.
    """

    def __init__(self, bits: int) -> None:
        exact = bits <= _MOST_BITS
        self._scale = np.float32(1 << (bits - 1) if exact else 1)
        self._bytes = -(-bits // 8) if exact else 4
        self._type = np.dtype(f"<i{4 if self._bytes == 3 else self._bytes}" if exact else "<f4")
        self._md5 = md5(usedforsecurity=False)

    def update(self, block: NDArray[np.floating[Any]]) -> None:
        """Add samples of shape (channels, n), full scale at ±1."""
        values = (block * self._scale).astype(self._type)
        # The first bytes of an integer of four are the integer of three.
        coded = np.ndarray(values.shape, f"V{self._bytes}", values, strides=values.strides)
        interleaved = np.empty(coded.shape[::-1], coded.dtype)
        # One by one: numpy takes half as long again to copy the transposed array.
        for channel, samples in enumerate(coded):
            interleaved[:, channel] = samples
        self._md5.update(interleaved.data)

    def hexdigest(self) -> str:
        """32 digits."""
        return self._md5.hexdigest()
