"""Samples without a container, as microphones, browsers and radio tools have them: they get the head of a WAV."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Literal

SampleFormat = Literal["pcm_f32le", "pcm_s16le"]
"""FFmpeg's names: 32-bit floating-point numbers from -1 to 1, and 16-bit integers, both little-endian."""

_CODE_AND_BITS: dict[SampleFormat, tuple[int, int]] = {"pcm_f32le": (3, 32), "pcm_s16le": (1, 16)}
_UNKNOWN = 0xFFFFFFFF
"""The length of what has no end yet."""


@dataclass(frozen=True)
class RawPcm:
    """Interleaved samples; the rate is in Hz."""

    format: SampleFormat
    rate: int
    channels: int

    async def as_wav(self, samples: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        """The samples with a head that says what they are."""
        yield self._head()
        async for chunk in samples:
            yield chunk

    def _head(self) -> bytes:
        code, bits = _CODE_AND_BITS[self.format]
        block = self.channels * bits // 8
        form = struct.pack("<HHIIHH", code, self.channels, self.rate, self.rate * block, block, bits)
        return struct.pack(
            f"<4sI4s4sI{len(form)}s4sI", b"RIFF", _UNKNOWN, b"WAVE", b"fmt ", len(form), form, b"data", _UNKNOWN
        )
