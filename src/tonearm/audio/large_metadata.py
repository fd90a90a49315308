"""Large tags and pictures in front of the sound, which are not needed, taken out before FFmpeg sees them.

FFmpeg searches its list of tags for each new one, so a hundred thousand of them take it minutes. ID3v2 is dropped in
front of any format (`byte_stream.skip_tags`).
"""

from __future__ import annotations

from typing import Literal

from tonearm.audio.byte_stream import Stream, skip

_MOST_KEPT = 64 << 10
_MOST_BLOCKS = 1000
_LAST_BLOCK = 0x80
_BYTE_ORDERS: dict[bytes, Literal["little", "big"]] = {
    **dict.fromkeys((b"RIFF", b"RF64", b"BW64"), "little"),
    **dict.fromkeys((b"RIFX", b"FORM"), "big"),
}
_FORMS = (b"WAVE", b"AIFF", b"AIFC")
_SOUND = (b"data", b"SSND")


def drop_large_metadata(stream: Stream) -> None:
    """Keep at most 64 KiB of what comes in front of the sound of a FLAC, a WAV or an AIFF."""
    head = stream.peek(12)
    if head.startswith(b"fLaC"):
        _drop_blocks(stream)
    elif head[:4] in _BYTE_ORDERS and head[8:] in _FORMS:
        _drop_chunks(stream, _BYTE_ORDERS[head[:4]])


def _drop_blocks(stream: Stream) -> None:
    """RFC 9639, section 8."""
    kept = bytearray(stream.read(4))
    last_kept = None
    last = False
    for _ in range(_MOST_BLOCKS):
        header = stream.peek(4)
        if last or len(header) < 4:
            break
        last = header[0] >= _LAST_BLOCK
        size = 4 + int.from_bytes(header[1:], "big")
        if len(kept) + size <= _MOST_KEPT:
            last_kept = len(kept)
            kept += stream.peek(size)
            kept[last_kept] %= _LAST_BLOCK
        skip(stream, size)
    if last and last_kept is not None:
        kept[last_kept] |= _LAST_BLOCK
    stream.put_back(bytes(kept))


def _drop_chunks(stream: Stream, byte_order: Literal["little", "big"]) -> None:
    """Chunks of RIFF or IFF. The size of the whole stays as it is: no reader of a stream goes by it."""
    kept = bytearray(stream.read(12))
    for _ in range(_MOST_BLOCKS):
        header = stream.peek(8)
        size = 8 + int.from_bytes(header[4:], byte_order)
        if len(header) < 8 or header[:4] in _SOUND:
            break
        chunk = stream.peek(size) if len(kept) + size < _MOST_KEPT else b""
        skip(stream, size)
        # Some writers leave the pad byte out.
        pad = stream.read(1) if size % 2 and stream.peek(1) == b"\0" else b""
        if chunk:
            kept += chunk + pad
    stream.put_back(bytes(kept))
