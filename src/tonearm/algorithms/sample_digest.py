"""A digest of lossless audio that does not depend on its container, on its codec, or on the machine."""

from __future__ import annotations

from hashlib import md5

import numpy as np
from numpy.typing import NDArray

_MOST_BITS = 24
"""Of an integer that a sample as a 32-bit float is exactly."""


class SampleDigest:
    """MD5 of the samples, channels interleaved, little endian.

    Up to 24 bits, a sample is a signed integer in as few whole bytes as its `bits` need: so it is the digest that
    FLAC has in its STREAMINFO (RFC 9639, section 8.2). Others, and floating-point samples, are 32-bit floats.
    """

    def __init__(self, bits: int) -> None:
        self._scale = np.float32(1 << (bits - 1)) if bits <= _MOST_BITS else None
        self._bytes = -(-bits // 8)
        self._md5 = md5(usedforsecurity=False)

    def update(self, block: NDArray[np.floating]) -> None:
        """Add samples of shape (channels, n), full scale at ±1."""
        self._md5.update(np.ascontiguousarray(self._coded(block.T)).data)

    def _coded(self, samples: NDArray[np.floating]) -> NDArray[np.generic]:
        if self._scale is None:
            return samples.astype("<f4")
        whole = samples * self._scale
        if self._bytes == 3:
            return whole.astype("<i4", order="C").view(np.uint8).reshape(*whole.shape, 4)[..., :3]
        return whole.astype(f"<i{self._bytes}")

    def hexdigest(self) -> str:
        return self._md5.hexdigest()
