"""The sizes in the header of a WAV that was streamed, whose writer did not know them: 0, or nearly all bits set."""

from __future__ import annotations

import io
import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

from tonearm.tags.error import TagError

_RIFF_HEADER, _CHUNK_HEADER = 12, 8
_UNKNOWN = 0x7FFF0000
_LARGEST = 0xFFFFFFFF
_MOST_CHUNKS = 1000


@dataclass(frozen=True)
class _Header:
    """Of a WAV: positions and sizes in bytes."""

    riff_size: int
    data: int
    """Where the samples begin."""
    data_size: int
    end: int
    """Of the file."""

    @property
    def room(self) -> int:
        return self.end - self.data

    @property
    def streamed(self) -> bool:
        return self.room > 0 and (
            _is_unknown(self.data_size, self.room) or _is_unknown(self.riff_size, self.end - _CHUNK_HEADER)
        )


def beginning(path: str) -> BinaryIO | None:
    """A streamed WAV as one without samples, for what is in front of them; None for any other file."""
    with open(path, "rb") as file:
        header = _header(file)
        if header is None or not header.streamed:
            return None
        file.seek(0)
        head = bytearray(file.read(header.data))
    struct.pack_into("<I", head, 4, len(head) - _CHUNK_HEADER)
    struct.pack_into("<I", head, len(head) - 4, 0)
    return io.BytesIO(head)


def fill_in(path: str) -> None:
    """Write the sizes of a streamed WAV into its header, and leave any other file as it is.

    Raises TagError for a WAV that is cut off, which has to stay one that says so, and for one over 4 GiB.
    """
    with open(path, "r+b") as file:
        header = _header(file)
        if header is None:
            return
        if not header.streamed:
            if header.data_size > header.room:
                raise TagError("The file was not changed: it is cut off, and announces more audio than it has.")
            return
        size = header.room if _is_unknown(header.data_size, header.room) else header.data_size
        end = header.end + header.end % 2
        if end - _CHUNK_HEADER > _LARGEST:
            raise TagError("The file was not changed: it has more than 4 GiB, and a WAV with its size in it cannot.")
        file.truncate(end)
        for at, value in ((4, end - _CHUNK_HEADER), (header.data - 4, size)):
            file.seek(at)
            file.write(struct.pack("<I", value))


def _is_unknown(size: int, room: int) -> bool:
    return size in {0, _LARGEST} or (size >= _UNKNOWN and size > room)


def _header(file: BinaryIO) -> _Header | None:
    """None for what is no WAV, or has no samples."""
    riff = file.read(_RIFF_HEADER)
    if riff[:4] != b"RIFF" or riff[8:] != b"WAVE":
        return None
    end = os.fstat(file.fileno()).st_size
    at = _RIFF_HEADER
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        chunk = file.read(_CHUNK_HEADER)
        if len(chunk) < _CHUNK_HEADER:
            return None
        kind, size = struct.unpack("<4sI", chunk)
        at += _CHUNK_HEADER
        if kind == b"data":
            return _Header(int.from_bytes(riff[4:8], "little"), at, size, end)
        at += size + size % 2
    return None
