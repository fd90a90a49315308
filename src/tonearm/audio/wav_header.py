"""The head of a WAV, where FFmpeg takes it for another one than the standard does."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tonearm.audio.byte_stream import Stream, chunks

_SEARCH = 1 << 16
_UNKNOWN = 0x7FFF0000
"""Whoever writes a WAV without going back to its header announces this many bytes or more, or none."""
_EXTENSIBLE = 0xFFFE
_EXTENSIBLE_SIZE = 40
_FORMAT_SIZE = 16
_KINDS = frozenset({b"fmt ", b"data", b"LIST", b"fact", b"bext", b"JUNK", b"junk", b"cue ", b"smpl", b"PEAK", b"id3 "})


def mend(stream: Stream) -> None:
    """Let 24 valid bits in a container of 32 be read as 32 bits, the lowest of which are zero, and add a pad byte that
    is missing behind a chunk of odd size.

    The size of the container governs where the samples are (WAVEFORMATEXTENSIBLE); FFmpeg goes by the valid bits.
    """
    for kind, at, size in _chunks(stream):
        end = at + size
        if size % 2 and end < _SEARCH:
            head = stream.peek(end + 5)
            if head[end : end + 4] in _KINDS and head[end + 1 :] not in _KINDS:
                stream.read(len(head))
                stream.put_back(head[:end] + b"\0" + head[end:])
        if kind == b"fmt " and size >= _EXTENSIBLE_SIZE:
            head = stream.peek(at + _EXTENSIBLE_SIZE)
            code, bits = struct.unpack_from("<H12xH", head, at)
            if code == _EXTENSIBLE:
                stream.read(len(head))
                stream.put_back(head[: at + 18] + struct.pack("<H", bits) + head[at + 20 :])


def seconds(stream: Stream) -> float | None:
    """The length of the audio by the size of its data; None if the header does not say, or it is no WAV."""
    rate = 0
    for kind, at, size in _chunks(stream):
        if kind == b"fmt " and size >= _FORMAT_SIZE:
            (rate,) = struct.unpack_from("<8xI", stream.peek(at + _FORMAT_SIZE), at)
        if kind == b"data":
            return size / rate if rate and 0 < size < _UNKNOWN else None
    return None


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
