"""One HTTP/1.1 connection, with bounds that uvicorn does not have.

uvicorn parses all that it has read in one turn of the event loop, waits forever for the head of a request and for a
client that does not read, and accepts connections until no file descriptor is left. Here a turn has a limit, a client
that sends nothing costs a descriptor for `idle_seconds` at most, and every client has a limited number of connections.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, ClassVar

import h11
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol
from uvicorn.server import ServerState
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import generate_accept_token

from tonearm.config import Network
from tonearm.server import web_socket
from tonearm.server.client_address import counted_as, parse
from tonearm.server.frames import Frames
from tonearm.server.parser import Parser, Refusal
from tonearm.server.places import Places, Use
from tonearm.server.probes import PROBES
from tonearm.server.read_flow import ReadFlow
from tonearm.server.seldom import Seldom
from tonearm.server.turns import Turns
from tonearm.sources.addresses import is_allowed

log = logging.getLogger(__name__)

_EVENTS = 64
_PIECE = 16 << 10
_PIECES = 4
"""A slice of parsing ends after so many events, or so many pieces of what was read."""
_LINGER_SECONDS = 5.0
_LINGER_BYTES = 64 << 20
_PROBES = frozenset(path.encode() for path in PROBES)
_TOO_SLOW = Refusal(408, "The head of the request did not arrive in time.")
_NO_PLACE = Refusal(503, "The server, or this address, has too many connections. Try again later.")


@dataclass(frozen=True)
class Bounds:
    """What the connections of one server share."""

    idle_seconds: float
    places: Places
    proxies: tuple[Network, ...] = ()
    """Peers that carry the connections of many clients, and are not bound to the number of one."""
    turns: Turns = field(default_factory=Turns)
    crowded: Seldom = field(default_factory=lambda: Seldom(log))
    invalid: Seldom = field(default_factory=lambda: Seldom(log))


class Connection(H11Protocol):
    """`bounded` makes the class that uvicorn wants."""

    bounds: ClassVar[Bounds]

    _head_timer: asyncio.TimerHandle | None = None
    _queued = False
    """Whether a slice of parsing is waiting for its turn."""
    _left_to_discard: int | None = None
    """Bytes still read and forgotten after the request was refused; None before."""
    _frames: Frames | None = None
    """Of the WebSocket that the connection has become."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn: Parser = Parser(self._admit, self._update_place)
        self.flow: ReadFlow
        self._unparsed = bytearray()
        self._application: ASGIApp = self.app
        self.app = self._serve

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = ReadFlow(transport, self._resumed)
        _give_up_unread(transport, self.bounds.idle_seconds)
        if self.bounds.places.take(self, self._counted_as()):
            self.bounds.crowded.warning("too many connections: closing those that were refused or have no request")
        self._watch_head()

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if self._left_to_discard is not None:
            self._discard(len(data))
            return
        self._unparsed += data
        self.handle_events()

    def handle_events(self) -> None:
        """Parse a slice of what was read, unless one is already waiting for its turn."""
        if self._queued:
            self.flow.hold(True)
            return
        parser = self._frames or self.conn
        parser.allowance = _EVENTS
        pieces = 0
        while True:
            if isinstance(parser, Frames):
                parser.parse()
            else:
                super().handle_events()
            if self.conn.refusal is not None:
                self._refuse(self.conn.refusal)
                return
            full = self.flow.read_paused or self.transport.is_closing()
            if full or not self._unparsed or not parser.allowance or pieces == _PIECES:
                break
            parser.receive_data(bytes(self._unparsed[:_PIECE]))
            del self._unparsed[:_PIECE]
            pieces += 1
        if self._unfinished and not full:
            self._queue()
        self.flow.hold(self._unfinished)
        self._watch_head()
        self._update_place()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch_head()
        self._update_place()
        if self.conn.their_state is h11.SEND_BODY:
            self.loop.call_later(_LINGER_SECONDS, self._close_unended)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        self.bounds.places.leave(self)
        super().connection_lost(exc)
        if self._frames is not None:
            self._frames.lost()

    def shutdown(self) -> None:
        if self._left_to_discard is None and self._frames is None:
            super().shutdown()
        else:
            self.transport.close()

    def evict(self) -> None:
        self._forget_head()
        self.transport.abort()

    def _should_upgrade(self) -> bool:
        """uvicorn would log two warnings for each request that offers to upgrade, or hand the connection over."""
        return False

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application, which may make a WebSocket of a request that offers it (`web_socket` says how)."""
        if not web_socket.offers(scope):
            await self._application(scope, receive, send)
            return
        scope["extensions"] = {web_socket.EXTENSION: {}}
        # The protocol can be switched when the request has ended, which may take another slice.
        no_body = await receive()

        async def receive_message() -> Message:
            return no_body if self._frames is None else await self._frames.receive()

        async def send_message(message: Message) -> None:
            if message.get("status") == web_socket.SWITCHING:
                self._switch(message["headers"])
            elif self._frames is None:
                await send(message)
            elif message["type"] == "websocket.send":
                await self._frames.send_text(message["text"], message["more"])
            elif message["type"] == "websocket.ping":
                self._frames.ping()
            else:
                self._frames.close(message["code"], message["reason"])
            self._update_place()

        try:
            await self._application(scope, receive_message, send_message)
        except Exception:
            if self._frames is not None:
                self._frames.close(CloseReason.INTERNAL_ERROR, "")
            raise
        if self._frames is not None:
            self.cycle.response_complete = True

    def _switch(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Answer the handshake: what the client sends from now on are frames."""
        self.cycle.response_started = True
        if self.transport.is_closing():
            self._frames = Frames(self.transport, self.flow)
            self._frames.lost()
            return
        key = next(value for name, value in self.headers if name == b"sec-websocket-key")
        accepted = [
            (b"upgrade", b"websocket"),
            (b"connection", b"Upgrade"),
            (b"sec-websocket-accept", generate_accept_token(key)),
            *headers,
        ]
        answer = h11.InformationalResponse(status_code=web_socket.SWITCHING, headers=accepted)
        self.transport.write(self.conn.send(answer) or b"")
        self._unparsed[:0] = self.conn.trailing_data[0]
        self._frames = Frames(self.transport, self.flow)
        # Behind the request h11 has paused, as for another one that has to wait.
        self.flow.resume_reading()
        self.handle_events()

    @property
    def _unfinished(self) -> bool:
        return bool(self._unparsed) or not (self._frames or self.conn).allowance

    def _resumed(self) -> None:
        if self._unfinished and not self._queued:
            self._queue()

    def _queue(self) -> None:
        self._queued = True
        self.bounds.turns.later(self._slice)

    def _slice(self) -> None:
        self._queued = False
        if not self.transport.is_closing() and self._left_to_discard is None:
            self.handle_events()

    def _watch_head(self) -> None:
        """The time for a head starts with its first byte, or with the connection, and no later byte extends it."""
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._forget_head()
        elif self._head_timer is None and self.timeout_keep_alive_task is None:
            self._head_timer = self.loop.call_later(self.bounds.idle_seconds, self._head_is_late)

    def _forget_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self._unparsed or self.conn.trailing_data[0]:
            self._refuse(_TOO_SLOW)
        else:
            self.transport.close()

    def _counted_as(self) -> str | None:
        address = parse(self.client[0]) if self.client else None
        return None if address is None or is_allowed(address, self.bounds.proxies) else counted_as(address)

    def _admit(self, path: bytes) -> Refusal | None:
        return None if path in _PROBES or self.bounds.places.admits(self) else _NO_PLACE

    def _update_place(self) -> None:
        expected = self.conn.their_state is h11.SEND_BODY
        if self._frames is not None:
            use = self._frames.use
        elif self._left_to_discard is not None or (expected and self._answered_with_an_error):
            use = Use.REFUSED
        elif self.conn.their_state is h11.IDLE or (expected and not self.conn.received):
            use = Use.WAITING
        else:
            use = Use.WORKING
        self.bounds.places.use(self, use)

    @property
    def _answered_with_an_error(self) -> bool:
        return self.conn.status is not None and self.conn.status >= 400

    def _close_unended(self) -> None:
        """uvicorn would read forever a body that goes on after its request was answered."""
        if self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY:
            self.transport.close()

    def _refuse(self, refusal: Refusal) -> None:
        """Answer in place of the application; a response that has begun only breaks off."""
        if refusal.invalid:
            self.bounds.invalid.warning("invalid HTTP request from %s", self.client[0] if self.client else "?")
        self._forget_head()
        self._unparsed.clear()
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        try:
            self._answer(refusal)
        except h11.LocalProtocolError:
            self.transport.close()
            return
        self._left_to_discard = _LINGER_BYTES
        self._update_place()
        self.flow.hold(False)
        self.flow.resume_reading()
        # A connection closed on unread data is reset, which can overtake the answer.
        self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)

    def _answer(self, refusal: Refusal) -> None:
        body = json.dumps({"detail": refusal.detail}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        if refusal.status == 503:
            headers.append((b"retry-after", b"1"))
        for event in (
            h11.Response(status_code=refusal.status, headers=headers, reason=STATUS_PHRASES[refusal.status]),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")

    def _discard(self, size: int) -> None:
        assert self._left_to_discard is not None
        self._left_to_discard -= size
        if self._left_to_discard < 0:
            self.transport.close()


def bounded(bounds: Bounds) -> type[Connection]:
    """The class of the connections of a server."""

    class Bounded(Connection):
        pass

    Bounded.bounds = bounds
    return Bounded


def _give_up_unread(transport: asyncio.Transport, seconds: float) -> None:
    """Let the system break a connection whose peer takes nothing of what was sent, also after it was closed here."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        with suppress(OSError):
            transport.get_extra_info("socket").setsockopt(
                socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1000 * seconds)
            )
