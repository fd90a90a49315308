"""Server-Sent Events as the WHATWG HTML standard frames them, read from bytes that arrive in any pieces.

Of the line ends that it allows, a CR alone is not read: no server is known to send it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator


async def data(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The data of each event; comments and other fields are passed over."""
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
