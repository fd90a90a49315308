"""A body in the form of multipart/form-data (RFC 7578), read while it arrives.

The part `file` is the audio, and is passed on piece by piece. The fields before it are kept; those behind it come too
late, because the analysis is already running.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from tonearm.errors import BadRequest
from tonearm.server.upload import Upload

FILE: Final = "file"
MODELS: Final = "models"
AUDIO_URL: Final = "audio_url"
_MOST_PARTS = 32
_MOST_HEADERS = 8
_LONGEST_HEADER = 1024
_LONGEST_FIELD = 16 << 10
_SLICE = 16 << 10
"""Bytes that are parsed in one turn of the event loop: text full of what might be a boundary takes milliseconds."""
_MALFORMED = "The form (multipart/form-data) is malformed."
_CUT_OFF = "The form (multipart/form-data) is cut off: its last boundary is missing."

# It logs what it was sent.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


async def form(upload: Upload, content_type: str) -> Form | None:
    """The form that the body is, read up to its file; None for a body that is the audio itself, whatever its type.

    Raises BadRequest for a form that is malformed or too large in parts, and what reading the upload raises.
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind.strip() != b"multipart/form-data" or not boundary:
        return None
    beginning = b"--" + boundary
    head = (await upload.peek()).lstrip(b"\r\n")[: len(beginning)]
    if not head or not beginning.startswith(head):
        return None
    try:
        found = Form(upload, boundary)
    except FormParserError as error:
        raise BadRequest(_MALFORMED) from error
    await found.read_fields()
    return found


class Form:
    """Iterate over it for the bytes of its file. Raises BadRequest where it is malformed or cut off."""

    def __init__(self, upload: Upload, boundary: bytes) -> None:
        self._chunks = aiter(upload)
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_begin": self._header_begins,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_ends,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._data,
                "on_part_end": self._part_ends,
                "on_end": self._form_ends,
            },
            max_header_count=_MOST_HEADERS,
            max_header_size=_LONGEST_HEADER,
        )
        self._fields: dict[str, list[str]] = {}
        self._pieces: deque[bytes] = deque()
        self._parts = 0
        self._name = ""
        """Of the part that is being read, and its value so far where it is a field."""
        self._value = bytearray()
        self._header = bytearray()
        self._header_text = bytearray()
        self.has_file = False
        self._complete = False

    def field(self, name: str) -> str | None:
        """The values of a field in front of the file, joined by commas; None without one."""
        values = self._fields.get(name)
        return ",".join(values) if values else None

    async def read_fields(self) -> None:
        """Read to the first bytes of the file, or to the end without one."""
        while not self.has_file and await self._read():
            pass

    async def peek(self) -> bytes:
        """The first bytes of the file, which stay in it; b"" where it is empty, or there is none."""
        while not self._pieces and await self._read():
            pass
        return self._pieces[0] if self._pieces else b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while await self.peek():
            yield self._pieces.popleft()

    async def _read(self) -> bool:
        """Parse the next chunk; False at the end of the body."""
        chunk = await anext(self._chunks, b"")
        if not chunk and not self._complete:
            raise BadRequest(_CUT_OFF)
        try:
            for start in range(0, len(chunk), _SLICE):
                self._parser.write(chunk[start : start + _SLICE])
                await asyncio.sleep(0)
        except FormParserError as error:
            raise BadRequest(_MALFORMED) from error
        return bool(chunk)

    def _part_begins(self) -> None:
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise BadRequest(f"The form has more than {_MOST_PARTS} parts.")
        self._name = ""
        self._value.clear()

    def _header_begins(self) -> None:
        self._header.clear()
        self._header_text.clear()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_text += data[start:end]

    def _header_ends(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._header_text.decode("latin-1"))
            name = options.get(b"name", b"").decode(errors="replace")
            self._name = name.replace("-", "_")

    def _headers_end(self) -> None:
        if self.has_file and self._name in {FILE, MODELS, AUDIO_URL}:
            raise BadRequest(f"The form has a field {self._name!r} behind its file: put every field before the file.")
        self.has_file |= self._name == FILE

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._name == FILE:
            self._pieces.append(data[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > _LONGEST_FIELD:
            raise BadRequest(
                f"A field of the form is longer than {_LONGEST_FIELD} bytes: the audio has to be in the part {FILE!r}."
            )

    def _part_ends(self) -> None:
        if self._name != FILE:
            self._fields.setdefault(self._name, []).append(self._value.decode(errors="replace").strip())

    def _form_ends(self) -> None:
        self._complete = True
