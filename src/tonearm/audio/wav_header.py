"""The head of a WAV, where FFmpeg takes it for another one than the standard does."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from tonearm.audio.byte_stream import Stream, chunks

_SEARCH = 1 << 16
_UNKNOWN = 0x7FFF0000
"""Whoever writes a WAV without going back to its header announces this many bytes or more, or none."""
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_SAMPLE_BYTES = {_PCM: (1, 2, 3, 4, 8), _FLOAT: (4, 8), _EXTENSIBLE: (1, 2, 3, 4, 8)}
_FORMAT = struct.Struct("<HHIIHH")
_BITS, _VALID_BITS = 14, 18
"""Where they are in a format."""
_EXTENSIBLE_SIZE = 40
_KINDS = frozenset({b"fmt ", b"data", b"LIST", b"fact", b"bext", b"JUNK", b"junk", b"cue ", b"smpl", b"PEAK", b"id3 "})


class _Format(NamedTuple):
    code: int
    channels: int
    rate: int
    bytes_per_second: int
    block: int
    """Bytes of one sample of each channel."""
    bits: int
    """Per sample."""

    @property
    def sample_bytes(self) -> int:
        """With its container: what the bytes per block and per second say, where they agree; else what the bits say."""
        size = self.block // self.channels if self.channels else 0
        agreed = self.block == size * self.channels and self.bytes_per_second == self.rate * self.block
        return size if agreed and size in _SAMPLE_BYTES.get(self.code, ()) else -(-self.bits // 8)

    @property
    def container_bits(self) -> int:
        # FFmpeg knows which program writes 24 bits in 32, and that they are floating-point numbers.
        floating = (self.code, self.bits, self.sample_bytes) == (_PCM, 24, 4)
        possible = self.sample_bytes in _SAMPLE_BYTES.get(self.code, ())
        return 8 * self.sample_bytes if possible and not floating else self.bits


def mend(stream: Stream) -> None:
    """Let samples be read in the size that they have, and add a pad byte that is missing behind a chunk of odd size.

    The size of the container governs where the samples are (WAVEFORMATEXTENSIBLE); FFmpeg goes by the valid bits, such
    as 24 in a container of 32. Where the bits contradict both the bytes per block and per second, these are right.
    """
    for kind, at, size in _chunks(stream):
        end = at + size
        if size % 2 and end < _SEARCH:
            head = stream.peek(end + 5)
            if head[end : end + 4] in _KINDS and head[end + 1 :] not in _KINDS:
                stream.read(len(head))
                stream.put_back(head[:end] + b"\0" + head[end:])
        if kind == b"fmt " and size >= _FORMAT.size:
            form = _format(stream, at)
            mended = bytearray(stream.peek(at + min(size, _EXTENSIBLE_SIZE)))
            struct.pack_into("<H", mended, at + _BITS, form.container_bits)
            if form.code == _EXTENSIBLE and size >= _EXTENSIBLE_SIZE:
                struct.pack_into("<H", mended, at + _VALID_BITS, form.container_bits)
            stream.read(len(mended))
            stream.put_back(bytes(mended))


def seconds(stream: Stream) -> float | None:
    """The length of the audio by the size of its data; None if the header does not say, or it is no WAV."""
    rate = 0
    for kind, at, size in _chunks(stream):
        if kind == b"fmt " and size >= _FORMAT.size:
            form = _format(stream, at)
            pcm = form.code in _SAMPLE_BYTES
            rate = form.rate * form.channels * form.sample_bytes if pcm else form.bytes_per_second
        if kind == b"data":
            return size / rate if rate and 0 < size < _UNKNOWN else None
    return None


def _format(stream: Stream, at: int) -> _Format:
    return _Format(*_FORMAT.unpack_from(stream.peek(at + _FORMAT.size), at))


def _chunks(stream: Stream) -> Iterator[tuple[bytes, int, int]]:
    """Kind, position and size of each chunk up to the data, as far as the first bytes of their content are there."""
    if stream.peek(4) not in (b"RIFF", b"RF64", b"BW64"):
        return
    for kind, at, size in chunks(stream, "<"):
        needed = at + min(size, _EXTENSIBLE_SIZE)
        if len(stream.peek(needed)) < needed:
            return
        yield kind, at, size
        if kind == b"data":
            return
