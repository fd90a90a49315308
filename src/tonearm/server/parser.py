"""h11's parser with bounds on what one call may cost.

uvicorn asks for events until there are none. This parser says that it needs more data once its allowance is used up,
and also where a request is refused, so that uvicorn's loop ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import h11

from tonearm.server.request_head import normalized
from tonearm.sources.framing import Framing

MAX_HEAD_BYTES = 16 << 10
"""Of a request's head, and of the trailers or the header of a chunk."""

MAX_HEADERS = 100
"""Of a request, and of the trailers of its body. h11 needs microseconds for each, and the server's other parts too."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused before the application sees it, or the rest of it."""

    status: int
    detail: str
    invalid: bool = False
    """Whether it is no HTTP."""


_INVALID = f"Invalid HTTP/1.1 request, or its head is larger than {MAX_HEAD_BYTES} bytes."
_MANY = Refusal(400, f"The request has more than {MAX_HEADERS} headers.", invalid=True)
_BROKEN = "The framing of the request body is invalid."

_HEAD_END = re.compile(rb"\n\r?\n")
_LAST_CHUNK = re.compile(rb"(?:\r?\n)?0+[ \t]*(?:;[^\r\n]*)?\r?\n")

Event = h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]


class Parser(h11.Connection):
    """`admit` decides on each request by its path; `answered` is called when a response begins."""

    def __init__(self, admit: Callable[[bytes], Refusal | None], answered: Callable[[], None]) -> None:
        super().__init__(h11.SERVER, MAX_HEAD_BYTES)
        self.allowance = 0
        """Events that may still be parsed in this slice."""
        self.refusal: Refusal | None = None
        self.received = 0
        """Bytes of the body of the current request."""
        self.status: int | None = None
        """Of the response to it; None before the response."""
        self._admit = admit
        self._answered = answered
        self._framing = Framing()
        self._at_chunk = False
        """Whether a chunk begins next, which may be the last one."""
        self._in_trailers = False
        """Whether the last chunk has come, and what is behind it has not ended."""

    def next_event(self) -> Event:
        if not self.allowance or self.refusal:
            return h11.NEED_DATA
        if self._too_many_headers():
            self.refusal = _MANY
            return h11.NEED_DATA
        in_body = self.their_state is h11.SEND_BODY
        try:
            event = super().next_event()
            if isinstance(event, h11.Request):
                event = self._request(event)
        except h11.RemoteProtocolError:
            # Not its message, which has Python's words and the client's bytes.
            self.refusal = Refusal(400, _BROKEN if in_body else _INVALID, invalid=True)
            return h11.NEED_DATA
        if not isinstance(event, h11.Event):
            return event
        self.allowance -= 1
        if isinstance(event, h11.EndOfMessage):
            self._at_chunk = self._in_trailers = False
        if isinstance(event, h11.Data):
            self._at_chunk = event.chunk_end
            self.received += len(event.data)
            if complaint := self._framing.complaint(len(event.data), int(event.chunk_end)):
                self.refusal = Refusal(400, f"The upload is inefficient. {complaint}")
        return h11.NEED_DATA if self.refusal else event

    def send_with_data_passthrough(self, event: h11.Event) -> list[bytes] | None:
        sent = super().send_with_data_passthrough(event)
        if isinstance(event, h11.Response):
            self.status = event.status_code
            self._answered()
        return sent

    def _too_many_headers(self) -> bool:
        if self.their_state is not h11.IDLE and not self._at_chunk:
            return False
        received = self.trailing_data[0]
        if self._at_chunk and not self._in_trailers:
            last = _LAST_CHUNK.match(received)
            self._in_trailers = last is not None
            received = received[last.end() :] if last else b""
        if self._in_trailers and received.startswith((b"\r\n", b"\n")):
            return False
        end = _HEAD_END.search(received)
        # In front of the headers of a request is its own line.
        return end is not None and received.count(b"\n", 0, end.start()) > MAX_HEADERS - self._in_trailers

    def _request(self, event: h11.Request) -> h11.Request:
        self.received = 0
        self.status = None
        self._framing = Framing()
        request = normalized(event)
        self._at_chunk = b"transfer-encoding" in {bytes(name) for name, _ in request.headers}
        self.refusal = self._admit(bytes(request.target).partition(b"?")[0])
        return request
