"""Bytes that are still arriving, as the file object FFmpeg reads from.

A stream is read once, front to back, and forgotten. Only containers whose index may stand behind the audio need to
go back: of those everything is held in memory, and a read past what has arrived waits for it. WavPack needs to go back
to the beginning of a block.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Literal

from tonearm.sources.icy import IcyMetadata

Read = Callable[[int], bytes]
"""Blocks until at least one byte is there; returns at most that many, and b"" at the end of the stream."""


class Stream:
    """A byte stream whose head can be looked at before it is read."""

    def __init__(self, read: Read) -> None:
        self._more = read
        self._head = bytearray()
        self.ended = False
        """Whether it has been read to its own end."""
        self.received = 0
        self.search_end: int | None = None
        """Where the stream ends for its reader, however much more there is, because no audio came until there."""

    def peek(self, size: int) -> bytes:
        """The first `size` unread bytes, fewer only where the stream ends before."""
        while len(self._head) < size and (chunk := self._receive(size - len(self._head))):
            self._head += chunk
        return bytes(self._head[:size])

    def read(self, size: int) -> bytes:
        if self._head:
            taken = bytes(self._head[:size])
            del self._head[:size]
            return taken
        return self._receive(size)

    def put_back(self, data: bytes) -> None:
        """In front of what is unread."""
        self._head[:0] = data

    def _receive(self, size: int) -> bytes:
        # FFmpeg reads again after the end: the end has to stay the end.
        if self.ended or (self.search_end is not None and self.received >= self.search_end):
            return b""
        chunk = self._more(size)
        self.ended = not chunk
        self.received += len(chunk)
        return chunk


class HeldStream:
    """A byte stream kept in memory, so that it can be read again from any position that has arrived."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._held = bytearray()
        self._position = 0

    def read(self, size: int) -> bytes:
        self._hold(self._position + size)
        taken = bytes(self._held[self._position : self._position + size])
        self._position += len(taken)
        return taken

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == 1:
            offset += self._position
        elif whence == 2:
            while self._hold(len(self._held) + _HOLD_STEP):
                pass
            offset += len(self._held)
        self._position = max(0, offset)
        return self._position

    def _hold(self, end: int) -> bool:
        """Wait until `end` bytes are held; False where the stream ends before."""
        while len(self._held) < end:
            chunk = self._stream.read(_HOLD_STEP)
            if not chunk:
                return False
            self._held += chunk
        return True


class RecentStream:
    """A byte stream whose last MiB can be read again. Its length is not known, even where it has ended."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._recent = bytearray()
        self._end = 0
        self._position = 0

    def read(self, size: int) -> bytes:
        if self._position == self._end:
            self._receive(size)
        start = len(self._recent) - (self._end - self._position)
        taken = bytes(self._recent[start : start + size])
        self._position += len(taken)
        return taken

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        """The new position; -1, as FFmpeg expects it, for one that is forgotten or counted from the end."""
        position = offset + (self._position if whence == 1 else 0)
        if whence == 2 or position < self._end - len(self._recent):
            return -1
        while position > self._end and self._receive(min(position - self._end, _HOLD_STEP)):
            pass
        self._position = min(position, self._end)
        return self._position

    def _receive(self, size: int) -> bool:
        chunk = self._stream.read(size)
        self._recent += chunk
        self._end += len(chunk)
        del self._recent[:-_RECENT]
        return bool(chunk)


class RadioStream:
    """A byte stream without the titles that internet radio puts between its audio."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._metadata = IcyMetadata()
        self._audio = b""

    def read(self, size: int) -> bytes:
        while not self._audio:
            chunk = self._stream.read(size)
            self._audio = self._metadata.audio(chunk) if chunk else self._metadata.end()
            if not chunk:
                break
        taken, self._audio = self._audio[:size], self._audio[size:]
        return taken


def skip_tags(stream: Stream) -> None:
    """Pass over ID3v2 tags in front, whatever container follows them.

    What they say is not needed, their pictures can be large, and FFmpeg looks for a format only so far behind them.
    """
    for _ in range(_MOST_TAGS):
        head = stream.peek(_TAG_HEADER)
        if not head.startswith(b"ID3") or len(head) < _TAG_HEADER:
            return
        left = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        left += _TAG_HEADER + (_TAG_HEADER if head[5] & _TAG_FOOTER else 0)
        skip(stream, left)


def skip(stream: Stream, left: int) -> None:
    """Read so many bytes, as far as there are, and forget them."""
    while left and (chunk := stream.read(min(left, _HOLD_STEP))):
        left -= len(chunk)


def search_length(stream: Stream) -> int:
    """How many bytes may come before the first frame of audio.

    A container announces itself, and may carry pictures and an index in front. Without one, frames have to follow
    soon: what is no audio is not read to its end.
    """
    return LONGEST_GAP if announces_itself(stream.peek(12)) else _LONGEST_SEARCH


def announces_itself(head: bytes) -> bool:
    """Whether a file that begins so is a container of sound."""
    return head.startswith(_CONTAINERS) or head[4:8] in _MP4_BOXES


_CONTAINERS = (
    *(
        b"RIFF",
        b"RIFX",
        b"RF64",
        b"BW64",
        b"riff",
        b"fLaC",
        b"OggS",
        b"FORM",
        b"caff",
        b".snd",
        b"wvpk",
        b"MAC ",
        b"TTA1",
        b"MPCK",
        b"MP+",
    ),
    b"\x30\x26\xb2\x75",  # ASF
    b"\x1a\x45\xdf\xa3",  # Matroska, WebM
)
_MP4_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})
LONGEST_GAP = 64 << 20
"""Bytes without audio, between two frames or in front of the first, after which there is none to be expected."""
_LONGEST_SEARCH = 256 << 10
_TAG_HEADER = 10
_MOST_TAGS = 100
_TAG_FOOTER = 0x10
_HOLD_STEP = 1 << 16
_BOX_HEADER = 16
_INDEX_SEARCH = 1 << 16
_RECENT = (1 << 20) + (1 << 16)
"""FFmpeg takes no block of WavPack that is longer than 1 MiB, and reads ahead of it."""


def goes_back(stream: Stream) -> bool:
    """Whether FFmpeg reads the beginning of a block twice: WavPack of several channels, of rare rates, or DSD."""
    return stream.peek(4) == b"wvpk"


def needs_seeking(stream: Stream) -> bool:
    """Whether the container's index may come after its audio.

    That is an MP4 without its `moov` in front, an AIFF without its COMM in front, a CAF, or a Musepack of version 8.
    Reads only box headers (ISO/IEC 14496-12, 4.2) at the head of the stream and takes nothing from it.
    """
    head = stream.peek(_BOX_HEADER)
    if head[:4] in (b"caff", b"MPCK"):
        return True
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _sound_before_format(stream)
    if head[4:8] not in _MP4_BOXES:
        return False
    position = 0
    while position < _INDEX_SEARCH:
        header = stream.peek(position + _BOX_HEADER)[position:]
        kind = header[4:8]
        if kind in {b"moov", b"moof"}:
            return False
        if len(header) < 8 or kind == b"mdat":
            return True
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        if size < 8:
            return True
        position += size
    return True


def _sound_before_format(stream: Stream) -> bool:
    """Whether the SSND of an AIFF comes before its COMM (AIFF 1.3 leaves the order open)."""
    return next((kind == b"SSND" for kind, _, _ in chunks(stream, ">") if kind in (b"SSND", b"COMM")), False)


def chunks(stream: Stream, byte_order: Literal["<", ">"]) -> Iterator[tuple[bytes, int, int]]:
    """Kind, position and size of the content of each chunk at the head of a RIFF or an IFF file, such as WAV or AIFF.

    Takes nothing from the stream.
    """
    at = 12
    while at < _INDEX_SEARCH and len(head := stream.peek(at + 8)) == at + 8:
        kind, size = struct.unpack_from(f"{byte_order}4sI", head, at)
        yield kind, at + 8, size
        at += 8 + size + size % 2
