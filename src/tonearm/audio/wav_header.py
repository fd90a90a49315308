"""The format chunk of a WAV, where FFmpeg takes it for another one than the standard does."""

from __future__ import annotations

import struct

from tonearm.audio.byte_stream import Stream

_SEARCH = 1 << 16
_EXTENSIBLE = 0xFFFE
_EXTENSIBLE_SIZE = 40


def mend(stream: Stream) -> None:
    """Let 24 valid bits in a container of 32 be read as 32 bits, the lowest of which are zero.

    The size of the container governs where the samples are (WAVEFORMATEXTENSIBLE); FFmpeg goes by the valid bits.
    """
    if stream.peek(4) not in (b"RIFF", b"RF64", b"BW64"):
        return
    at = 12
    while at < _SEARCH and len(head := stream.peek(at + 8 + _EXTENSIBLE_SIZE)) >= at + 8 + _EXTENSIBLE_SIZE:
        kind, size = struct.unpack_from("<4sI", head, at)
        if kind == b"data":
            return
        if kind == b"fmt ":
            code, bits = struct.unpack_from("<H12xH", head, at + 8)
            if code == _EXTENSIBLE and size >= _EXTENSIBLE_SIZE:
                stream.read(len(head))
                stream.put_back(head[: at + 26] + struct.pack("<H", bits) + head[at + 28 :])
            return
        at += 8 + size + size % 2
