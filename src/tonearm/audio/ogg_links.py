"""The links of a chained Ogg stream (RFC 3533, section 4), each a stream of its own.

FFmpeg goes on to the next link only if it has the format of the first.
"""

from __future__ import annotations

from tonearm.audio.byte_stream import Stream, skip
from tonearm.audio.ogg_tags import OggTags

_CAPTURE = b"OggS"
_HEADER = 27
_FLAGS = 5
_BEGINS, _ENDS = 0x02, 0x04
_SEARCH = 1 << 16


class OggLinks:
    """Reads one link, and stands at its end until it goes on to the next one."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._left = 0
        self._in_headers = True
        self._tags = OggTags()
        self.complete = False
        """Whether the page that was read last ends a stream."""

    def read(self, size: int) -> bytes:
        """b"" at the end of the link."""
        if not self._left and not self._at_page():
            return b""
        taken = self._stream.read(min(size, self._left))
        self._left -= len(taken)
        return taken

    def advance(self) -> bool:
        """Go on to the next link; False if there is none."""
        while self.read(_SEARCH):
            pass
        self._in_headers = True
        return bool(self._stream.peek(1))

    def _at_page(self) -> bool:
        """Whether there is more of this link: a page, or damaged bytes in front of one."""
        while self._at_header():
            header = self._stream.peek(_HEADER)
            begins = bool(header[_FLAGS] & _BEGINS)
            if begins and not self._in_headers:
                return False
            self._in_headers = begins
            self.complete = bool(header[_FLAGS] & _ENDS)
            head = self._stream.peek(_HEADER + header[-1])
            self._left = len(head) + sum(head[_HEADER:])
            if not self._tags.fill(head, self._stream):
                return True
            skip(self._stream, self._left)
            self._left = 0
        after = self._stream.peek(_SEARCH)
        found = after.find(_CAPTURE, 1)
        self._left = found if found > 0 else max(1, len(after) - len(_CAPTURE)) if after else 0
        return bool(after)

    def _at_header(self) -> bool:
        header = self._stream.peek(_HEADER)
        return header.startswith(_CAPTURE) and len(header) == _HEADER
