"""ICY metadata: the titles that internet radio puts between its audio (SHOUTcast, Icecast).

Behind each interval of audio, whose length the header `icy-metaint` gives, there is a block: one byte that says how
many times 16 bytes of text follow, such as `StreamTitle='…';` with zeros behind it, and mostly none. A recording of
such a stream has the blocks and no header.
"""

from __future__ import annotations

import re

_TITLE = b"StreamTitle='"
_TEXT = re.compile(rb"[A-Za-z_][\w-]*='")
_WHOLE_TEXT = re.compile(rb"StreamTitle='[^\0]*['; ]\0*")
_UNIT = 16
_LEAST_INTERVAL = 256
"""In bytes. Servers use thousands, and each block is a step of a loop."""


class IcyMetadata:
    """Gives the audio of one stream without its metadata, however it is cut into chunks.

    Without an interval, a block is recognised by a title that fills the length in front of it, and a block without text
    by standing as far behind it as it stands behind the beginning. Where no block is at its place, as behind a gap in a
    recording, the next title is searched for.
    """

    def __init__(self, interval: int | None = None) -> None:
        self._interval = interval or 0
        self._certain = self._interval >= _LEAST_INTERVAL
        """Whether a block stood at the end of an interval, or a header said that it will."""
        self._searching = not self._certain
        self._passed = 0
        """Bytes of audio since the last block."""
        self._unread = bytearray()

    def audio(self, chunk: bytes) -> bytes:
        """The audio in what has come so far, less what was given before and what may be the beginning of a block."""
        self._unread += chunk
        audio = bytearray()
        while self._found_title(audio) if self._searching else self._took_interval(audio):
            pass
        return bytes(audio)

    def end(self) -> bytes:
        """What was kept back of the audio."""
        rest = bytes(self._unread)
        self._unread.clear()
        return b"" if rest.startswith(_TITLE, 1) else rest

    def _took_interval(self, audio: bytearray) -> bool:
        """Whether there may be more in what has come, after an interval and its block."""
        self._give(audio, min(self._interval - self._passed, len(self._unread)))
        block = self._block()
        if self._passed < self._interval or block is None:
            return False
        if block and not _TEXT.match(block):
            self._searching = True
        else:
            self._certain = True
            self._drop(block)
        return True

    def _found_title(self, audio: bytearray) -> bool:
        """Whether there may be more in what has come, after the first title and the audio in front of it."""
        at = self._unread.find(_TITLE, 1)
        if at < 0:
            self._give(audio, max(0, len(self._unread) - len(_TITLE)))
            return False
        self._give(audio, at - 1)
        block = self._block()
        if block is None:
            return False
        if _WHOLE_TEXT.fullmatch(block):
            if not self._certain:
                self._interval = self._passed
            self._searching = self._interval < _LEAST_INTERVAL
            self._drop(block)
        else:
            self._give(audio, 1 + len(_TITLE))
        return True

    def _give(self, audio: bytearray, size: int) -> None:
        audio += self._unread[:size]
        del self._unread[:size]
        self._passed += size

    def _block(self) -> bytes | None:
        """The text of the block that begins here; None if not all of it has come."""
        if not self._unread:
            return None
        end = 1 + _UNIT * self._unread[0]
        return bytes(self._unread[1:end]) if len(self._unread) >= end else None

    def _drop(self, block: bytes) -> None:
        del self._unread[: 1 + len(block)]
        self._passed = 0
