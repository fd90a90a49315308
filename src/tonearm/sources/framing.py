"""The share of framing in a chunked body, uploaded or downloaded.

Parsing a chunk costs the same for one byte as for 64 KiB, so a body of one-byte chunks costs thousands of times what
its size suggests.
"""

from __future__ import annotations

FREE_CHUNKS = 1000
"""Chunks of any size that a body may have before their mean counts."""
SMALLEST_MEAN = 64
"""Bytes. No encoder writes less at a time for long."""


class Framing:
    """Counts the chunks of one body."""

    def __init__(self) -> None:
        self._chunks = 0
        self._bytes = 0

    def complaint(self, size: int, chunks: int = 1) -> str | None:
        """Count `size` bytes in `chunks` more chunks. Returns the reason if the body is mostly framing."""
        self._chunks += chunks
        self._bytes += size
        if self._chunks > FREE_CHUNKS and self._bytes < SMALLEST_MEAN * self._chunks:
            return f"Its chunks have fewer than {SMALLEST_MEAN} bytes on average."
        return None
