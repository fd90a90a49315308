"""How long an MP3 is by the tag in its first frame: frames (Xing), less what its encoder added (LAME).

FFmpeg reads them only from what it can seek in.
"""

from __future__ import annotations

import struct

HEAD = 256
"""Bytes of an MP3 that are needed."""
_SYNC = 0xFFE0
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""By the version's two bits: MPEG-1, MPEG-2 and MPEG-2.5 (ISO 11172-3, 13818-3)."""
_LAYER_3 = 1
_MPEG_1 = 3
_MONO = 3
_FRAMES, _BYTES, _TABLE, _QUALITY = 1, 2, 4, 8
_ENCODERS = (b"LAME", b"Lavf", b"Lavc")


def seconds(head: bytes) -> float | None:
    """The length of the audio without an encoder's delay and padding; None if the first frame does not say."""
    if len(head) < HEAD or int.from_bytes(head[:2], "big") & _SYNC != _SYNC:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate_index = head[2] >> 2 & 3
    if version not in _RATES or layer != _LAYER_3 or rate_index == 3:
        return None
    mono = head[3] >> 6 == _MONO
    at = 4 + ((17 if mono else 32) if version == _MPEG_1 else (9 if mono else 17))
    if head[at : at + 4] not in (b"Xing", b"Info"):
        return None
    (flags,) = struct.unpack_from(">I", head, at + 4)
    if not flags & _FRAMES:
        return None
    (frames,) = struct.unpack_from(">I", head, at + 8)
    after = at + 12 + (4 if flags & _BYTES else 0) + (100 if flags & _TABLE else 0) + (4 if flags & _QUALITY else 0)
    samples = frames * (1152 if version == _MPEG_1 else 576)
    if head[after : after + 4] in _ENCODERS:
        added = int.from_bytes(head[after + 21 : after + 24], "big")
        samples -= (added >> 12) + (added & 0xFFF)
    return samples / _RATES[version][rate_index] if samples > 0 else None
