"""A big-endian WAV (RIFX). FFmpeg reads its samples in the wrong order, so it is given an AIFF with the same ones."""

from __future__ import annotations

import struct

from tonearm.audio.byte_stream import Stream, chunks
from tonearm.errors import AudioError

_FORMAT_SIZE = 16
_PCM = 1
_BITS = (16, 24, 32)


def become_aiff(stream: Stream) -> bool:
    """Put the head of an AIFF in the place of that of a RIFX; whether it was one.

    Raises AudioError for another coding than integer PCM.
    """
    if stream.peek(4) != b"RIFX":
        return False
    form = b""
    for kind, at, size in chunks(stream, ">"):
        if kind == b"fmt ":
            form = stream.peek(at + _FORMAT_SIZE)[at:]
        if kind == b"data" and len(form) == _FORMAT_SIZE:
            stream.read(len(stream.peek(at)))
            stream.put_back(_aiff(form, size))
            return True
    raise AudioError("This WAV (RIFX) has no format in front of its samples: it is truncated, or not audio.")


def _aiff(form: bytes, size: int) -> bytes:
    code, channels, rate, bits = struct.unpack(">HHI6xH", form)
    if code != _PCM or bits not in _BITS or not channels or not rate:
        raise AudioError("This big-endian WAV (RIFX) is in a coding that Tonearm does not decode: convert it to FLAC.")
    frames = size // (channels * bits // 8)
    exponent = rate.bit_length() - 1
    extended = struct.pack(">HQ", 16383 + exponent, rate << (63 - exponent))
    common = struct.pack(">4sIHIH", b"COMM", 18, channels, frames, bits) + extended
    return (
        struct.pack(">4sI4s", b"FORM", (46 + size) & 0xFFFFFFFF, b"AIFF")
        + common
        + struct.pack(">4sIII", b"SSND", (8 + size) & 0xFFFFFFFF, 0, 0)
    )
