"""One HTTP/1.1 connection, with bounds that uvicorn does not have.

uvicorn waits for ever for the head of a request, and for a client to read what was sent; and when all file descriptors
are taken, nobody is served until one is free. So a client that sends nothing costs the server a descriptor for
`idle_seconds` at most, and when they run short, those that wait longest without a request are closed for new ones.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import socket
from contextlib import suppress
from time import monotonic
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

log = logging.getLogger(__name__)

MAX_HEAD_BYTES = 16 << 10
"""Of an incomplete head. h11 does not look at the size of one that is complete after one read, 64 KiB at most here."""
_INVALID = f"Invalid HTTP/1.1 request, or its head is larger than {MAX_HEAD_BYTES} bytes."
_TOO_SLOW = "The head of the request did not arrive in time."
_QUIET_SECONDS = 60.0
_LINGER_SECONDS = 5.0


class Connection(H11Protocol):
    """`bounded` makes the class that uvicorn wants."""

    idle_seconds: ClassVar[float]
    most: ClassVar[int]
    _without_request: ClassVar[dict[Connection, None]]
    """Connections that wait for a request or its head, longest first."""
    _warned: ClassVar[float]

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _give_up_unread(transport, self.idle_seconds)
        self._watch_head()
        if len(self.connections) > self.most:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch_head()
        if self.conn.their_state is h11.SEND_BODY:
            self.loop.call_later(_LINGER_SECONDS, self._close_unended)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, _INVALID)

    def _watch_head(self) -> None:
        """The time for a head begins with its first byte, or with the connection, and no later byte prolongs it."""
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._forget_head()
        else:
            self._without_request.setdefault(self)
            if self._head_timer is None and self.timeout_keep_alive_task is None:
                self._head_timer = self.loop.call_later(self.idle_seconds, self._head_is_late)

    def _forget_head(self) -> None:
        self._without_request.pop(self, None)
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _close_unended(self) -> None:
        """uvicorn would read for ever a body that goes on after it was answered."""
        if self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY:
            self.transport.close()

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self.conn.trailing_data[0]:
            self._refuse(408, _TOO_SLOW)
        else:
            self.transport.close()

    def _refuse(self, status: int, detail: str) -> None:
        """Answer for a request that there is not, or not any more; a response that has begun only breaks off."""
        body = json.dumps({"detail": detail}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        with suppress(h11.LocalProtocolError):
            for event in (
                h11.Response(status_code=status, headers=headers, reason=STATUS_PHRASES[status]),
                h11.Data(data=body),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _make_room(self) -> None:
        if monotonic() > self._warned + _QUIET_SECONDS:
            type(self)._warned = monotonic()
            log.warning(
                "more than %d connections: file descriptors are running out; closing those without a request",
                self.most,
            )
        longest = next(iter(self._without_request))
        longest._forget_head()
        longest.transport.abort()


def bounded(idle_seconds: float, most: int) -> type[Connection]:
    """Connections that are given up after `idle_seconds` of silence, `most` of them at a time."""

    class Bounded(Connection):
        pass

    Bounded.idle_seconds = idle_seconds
    Bounded.most = most
    Bounded._without_request = {}
    Bounded._warned = -math.inf
    return Bounded


def _give_up_unread(transport: asyncio.Transport, seconds: float) -> None:
    """Let the system break a connection whose peer takes nothing of what was sent, also after it was closed here."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        with suppress(OSError):
            transport.get_extra_info("socket").setsockopt(
                socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1000 * seconds)
            )
