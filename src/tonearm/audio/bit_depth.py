"""How many bits a sample of lossless audio has. Of what FFmpeg knows, only the type that it decodes to can be asked."""

from __future__ import annotations

import re

_PCM = re.compile(r"pcm_(?:[su](?:8|16|24|32|64)|f(?:32|64))(?:[lb]e)?(?:_planar)?")
_COMPRESSED = frozenset({"alac", "ape", "flac", "mlp", "truehd", "tta", "wavpack", "wmalossless"})
_DECODED = {"u8": 8, "s16": 16, "s32": 24, "flt": 32}
"""By the type that FFmpeg decodes to. Only codecs that say how many bits they have use more than 24 of the 32."""


def is_lossless(codec: str) -> bool:
    """Whether this codec, by FFmpeg's name, gives back the very samples that it was given."""
    return codec in _COMPRESSED or _PCM.fullmatch(codec) is not None


def bit_depth(codec: str, decoded: str, setup: bytes, head: bytes) -> int | None:
    """Bits per sample of lossless audio, None for lossy audio and where it cannot be found out.

    `decoded` is the packed sample format that FFmpeg decodes to, `setup` the codec's extradata, and `head` the first
    bytes of the file.
    """
    if not is_lossless(codec):
        return None
    told = _told(codec, setup, head)
    # A header may say anything.
    return told if told in range(1, 65) else _DECODED.get(decoded)


def _told(codec: str, setup: bytes, head: bytes) -> int | None:
    if codec.startswith("pcm_"):
        return int(re.findall(r"\d+", codec)[0])
    if codec == "wavpack" and head.startswith(b"wvpk"):
        return _wavpack(int.from_bytes(head[24:28], "little"))
    if codec == "flac" and len(setup) == 34:  # RFC 9639, section 8.2
        return 1 + (int.from_bytes(setup[12:14], "big") >> 4 & 0x1F)
    if codec == "alac" and len(setup) == 36:
        return setup[17]
    if codec == "tta" and len(setup) == 22:
        return int.from_bytes(setup[8:10], "little")
    return None


def _wavpack(flags: int) -> int:
    """By the flags of its first block."""
    floating = 0x80
    return 32 if flags & floating else 8 * (1 + (flags & 3)) - (flags >> 13 & 0x1F)
