"""A parser for Server-Sent Events as in the WHATWG HTML standard. Chunks may split the bytes anywhere.

It does not accept a lone CR as a line ending, which the standard allows: no known server sends it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator


async def data(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the data of each event; skip comments and other fields."""
    held = bytearray()
    lines: list[bytes] = []
    async for piece in pieces:
        held += piece
        if b"\n" not in piece:
            continue
        *whole, rest = bytes(held).split(b"\n")
        held = bytearray(rest)
        for line in whole:
            line = line.removesuffix(b"\r")
            if line.startswith(b"data:"):
                lines.append(line[5:].removeprefix(b" "))
            elif not line and lines:
                yield b"\n".join(lines)
                lines = []
