"""Tags and pictures of an Ogg stream, of which only the beginning and the end are needed.

They are one packet, of any length, and FFmpeg searches its list of tags for each new one.
"""

from __future__ import annotations

from tonearm.audio.byte_stream import Stream

_HEADER = 27
_FLAGS = 5
_CONTINUES = 0x01
_SERIAL = slice(14, 18)
_GOES_ON = b"\xff"
"""The length of a segment behind which its packet goes on."""
_FLAC_FRAME = b"\xff"
_LONGEST_SOUND = 1 << 16
"""Bytes. No packet of sound is longer, except a frame of FLAC."""
_MOST_STREAMS = 64


class OggTags:
    """Finds the pages in the middle of what is too long for sound."""

    def __init__(self) -> None:
        self._unended: dict[bytes, int] = {}
        """By the serial number of a stream: bytes so far of a packet that goes on, unless it is a frame of FLAC."""

    def fill(self, head: bytes, page: Stream) -> bool:
        """Whether a page has nothing else, so that the stream is whole without it. `head` has been peeked from it."""
        serial, segments = head[_SERIAL], head[_HEADER:]
        before = self._unended.pop(serial, None) if head[_FLAGS] & _CONTINUES else None
        ended = segments.rstrip(_GOES_ON)
        size = 255 * (len(segments) - len(ended))
        if not size:
            return False
        if ended or not head[_FLAGS] & _CONTINUES:
            first = len(head) + sum(ended)
            before = None if page.peek(first + 1).endswith(_FLAC_FRAME) else 0
        if before is None:
            return False
        if len(self._unended) == _MOST_STREAMS:
            self._unended.clear()
        self._unended[serial] = before + size
        return before + size > _LONGEST_SOUND and before > 0 and not ended
