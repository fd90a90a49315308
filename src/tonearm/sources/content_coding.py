"""What `Content-Encoding` says of a download, and how it is undone (RFC 9110, section 8.4.1)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

from tonearm.errors import FetchError
from tonearm.sources.network import FAILED

PIECE = 16 << 10
"""The most bytes that are inflated at a time."""
_GZIP = frozenset({"gzip", "x-gzip"})
_DEFLATE = "deflate"
_OTHER_COMPRESSION = frozenset({"br", "compress", "x-compress", "zstd", "dcb", "dcz"})
_GZIP_FORMAT = zlib.MAX_WBITS | 16
_MOST_MEMBERS = 1000
"""Of a gzip file: each needs an inflater of its own, and can be empty."""


class Coding(Protocol):
    def decoded(self, chunk: bytes) -> Iterator[bytes]:
        """What the next chunk holds, in pieces of at most PIECE bytes. Raises FetchError."""

    def end(self) -> None:
        """The body is complete. Raises FetchError if something is missing."""


class Plain:
    """The bytes are the file."""

    def decoded(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk

    def end(self) -> None:
        """Nothing can be missing."""


class Inflated:
    """Inflates gzip (RFC 1952) and deflate (RFC 9110 means the zlib format, and some servers send it without)."""

    def __init__(self, gzip: bool) -> None:
        self._gzip = gzip
        self._inflater = zlib.decompressobj(_GZIP_FORMAT if gzip else zlib.MAX_WBITS)
        self._members = 1
        self._begun = False

    def decoded(self, chunk: bytes) -> Iterator[bytes]:
        try:
            if not self._begun and not self._gzip and not _is_zlib(chunk):
                self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            self._begun = True
            while chunk:
                if self._inflater.eof:
                    self._next_member()
                piece = self._inflater.decompress(chunk, PIECE)
                if piece:
                    yield piece
                chunk = self._inflater.unconsumed_tail or self._inflater.unused_data
            # The last bytes can stand for far more than a piece.
            while not self._inflater.eof and (piece := self._inflater.decompress(b"", PIECE)):
                yield piece
        except zlib.error as error:
            raise FetchError(f"{FAILED} Its compression ({self._name}) is damaged.") from error

    def end(self) -> None:
        if self._begun and not self._inflater.eof:
            raise FetchError(f"{FAILED} Its compressed data ({self._name}) ended early.")

    @property
    def _name(self) -> str:
        return "gzip" if self._gzip else _DEFLATE

    def _next_member(self) -> None:
        self._members += 1
        if not self._gzip or self._members > _MOST_MEMBERS:
            raise zlib.error("something follows the compressed data")
        self._inflater = zlib.decompressobj(_GZIP_FORMAT)


def coding(headers: str) -> Coding:
    """Undoes what the Content-Encoding headers, joined by commas, name. Raises FetchError for other compressions.

    Storage services keep whatever name an uploader gave, such as `utf-8`, `binary` or `aws-chunked`. As in browsers,
    a name that stands for no compression changes nothing.
    """
    names = [name for part in headers.split(",") if (name := part.strip().lower()) in _COMPRESSION]
    if not names:
        return Plain()
    if len(names) > 1 or names[0] in _OTHER_COMPRESSION:
        raise FetchError(
            f"{FAILED} The server sent it compressed ({', '.join(names)}) although the request did not allow that."
        )
    return Inflated(names[0] in _GZIP)


_COMPRESSION = _GZIP | {_DEFLATE} | _OTHER_COMPRESSION


def _is_zlib(head: bytes) -> bool:
    """By the header of RFC 1950, of which one byte can come alone."""
    return head[0] & 0x0F == zlib.DEFLATED and (len(head) < 2 or int.from_bytes(head[:2], "big") % 31 == 0)
