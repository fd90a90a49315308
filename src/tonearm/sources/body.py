"""Audio to analyse: a file, a URL, bytes, or chunks that are still being produced."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

from anyio import to_thread


@runtime_checkable
class Readable(Protocol):
    """A file open for reading bytes, or a pipe."""

    def read(self, size: int, /) -> bytes: ...
    def seekable(self) -> bool: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...


Audio = str | os.PathLike[str] | bytes | bytearray | memoryview | Readable | Iterable[bytes] | AsyncIterable[bytes]
"""A path, an http or https URL, a whole file as bytes, an open file, or the chunks of a file in order."""

_PIECE = 1 << 18
_T = TypeVar("_T")


@dataclass(frozen=True)
class Body:
    """Audio as the body of a request."""

    pieces: Callable[[], AsyncIterator[bytes]]
    length: int | None
    """In bytes; None if unknown."""
    again: bool = True
    """Whether the pieces can be read again."""


def address(audio: Audio) -> str | None:
    """The URL for the server to fetch; None for audio to send."""
    return audio if isinstance(audio, str) and audio.lower().startswith(("http://", "https://")) else None


def body(audio: Audio) -> Body:
    """The audio as a request body. Raises OSError for a file that cannot be opened."""
    if isinstance(audio, str | os.PathLike):
        return _path(Path(audio))
    if isinstance(audio, bytes | bytearray | memoryview):
        return _whole(memoryview(audio))
    if isinstance(audio, Readable):
        return _file(audio)
    if isinstance(audio, AsyncIterable):
        made = audio
        return Body(lambda: aiter(made), None, again=False)
    return Body(lambda: _made(audio), None, again=False)


def _path(path: Path) -> Body:
    length = None
    # Opening a FIFO waits for its writer, and opening it early would lose what the writer sends.
    fifo = path.is_fifo()

    async def pieces() -> AsyncIterator[bytes]:
        with await _in_thread(lambda: path.open("rb")) if fifo else path.open("rb") as file:
            async for piece in _read(file, length):
                yield piece

    if not fifo:
        with path.open("rb") as file:
            length = os.fstat(file.fileno()).st_size if file.seekable() else None
    return Body(pieces, length, again=length is not None)


def _whole(data: memoryview) -> Body:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, data.nbytes, _PIECE):
            yield bytes(data[start : start + _PIECE])

    return Body(pieces, data.nbytes)


def _file(file: Readable) -> Body:
    if not file.seekable():
        return Body(lambda: _read(file), None, again=False)
    start = file.tell()
    length = max(0, file.seek(0, os.SEEK_END) - start)

    async def pieces() -> AsyncIterator[bytes]:
        file.seek(start)
        async for piece in _read(file, length):
            yield piece

    return Body(pieces, length)


async def _read(file: Readable, length: int | None = None) -> AsyncIterator[bytes]:
    """Read to the end, or up to `length`. Raises OSError if the file has become shorter than that."""
    left = length
    while piece := await _in_thread(partial(file.read, _PIECE if left is None else min(_PIECE, left))):
        yield piece
        if left is not None:
            left -= len(piece)
    if left:
        raise OSError(f"The file ended {left} bytes early: it changed while it was being read.")


async def _made(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    rest = iter(pieces)
    while piece := await _in_thread(lambda: list(islice(rest, 1))):
        yield piece[0]


async def _in_thread(call: Callable[[], _T]) -> _T:
    # A pipe may stay silent forever; a caller that is cancelled must not wait for it.
    return await to_thread.run_sync(call, abandon_on_cancel=True)
