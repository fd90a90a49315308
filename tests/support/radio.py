"""Audio as internet radio sends it to who asks for titles."""

from __future__ import annotations

from collections.abc import Mapping


def block(text: str = "") -> bytes:
    """ICY metadata: its length in units of 16 bytes, and the text with zeros behind it."""
    data = text.encode()
    units = -(-len(data) // 16)
    return bytes([units]) + data.ljust(16 * units, b"\0")


def interleaved(audio: bytes, interval: int, titles: Mapping[int, str]) -> bytes:
    """With a block behind each interval, numbered from 0; those that have no title are empty."""
    pieces = []
    for number, start in enumerate(range(0, len(audio), interval)):
        piece = audio[start : start + interval]
        title = titles.get(number)
        text = block(f"StreamTitle='{title}';" if title is not None else "")
        pieces += [piece, text] if len(piece) == interval else [piece]
    return b"".join(pieces)
