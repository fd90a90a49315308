"""The bytes of a source, and how far they have been read."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import BinaryIO

from tonearm.cli.source import Kind, Source

_PIECE = 1 << 18
At = Callable[[int], None]
"""Told the position in the source each time it has moved."""


class Counted:
    """A file open for reading that tells how far it has been read."""

    def __init__(self, file: BinaryIO, at: At) -> None:
        self._file = file
        self._at = at

    def read(self, size: int, /) -> bytes:
        piece = self._file.read(size)
        self._at(self._file.tell())
        return piece

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


@contextmanager
def opened(source: Source, at: At) -> Iterator[Counted | AsyncIterator[bytes]]:
    """A file, an object, or standard input. What is no regular file can be read once only. Raises OSError."""
    if source.kind is Kind.OBJECT:
        from tonearm.cli.bucket import opened as opened_object

        with opened_object(source.name) as file:
            yield Counted(file, at)
        return
    if source.kind is Kind.STDIN and sys.stdin is None:
        raise OSError("standard input is closed")
    with nullcontext(sys.stdin.buffer) if source.kind is Kind.STDIN else open(source.name, "rb") as file:
        yield Counted(file, at) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else _once(file.fileno())


async def _once(descriptor: int) -> AsyncIterator[bytes]:
    """A pipe's bytes. No thread waits for them, which would have to end before the command can."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    try:
        loop.add_reader(descriptor, readable.set)
    except PermissionError:
        # A device that epoll does not take is always readable.
        while piece := os.read(descriptor, _PIECE):
            yield piece
        return
    try:
        while True:
            await readable.wait()
            readable.clear()
            piece = os.read(descriptor, _PIECE)
            if not piece:
                return
            yield piece
    finally:
        loop.remove_reader(descriptor)
