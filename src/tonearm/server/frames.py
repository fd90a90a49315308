"""The frames of one WebSocket on a connection that has been HTTP before, with bounds that wsproto does not have.

What is read and not yet wanted is kept up to a limit, then the connection is not read any further. What binary frames
carry is passed on as it arrives, so that neither a frame nor a message of many has to fit into memory. Nothing is
compressed: no extension was agreed upon, and a frame that claims one is an error.
"""

from __future__ import annotations

import asyncio
from collections import deque

from starlette.types import Message
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.frame_protocol import CloseReason

from tonearm.server.places import Use
from tonearm.server.read_flow import ReadFlow
from tonearm.sources.framing import Framing

LONGEST_TEXT = 4 << 10
"""Characters of a text message, which is a key or the end."""
_KEPT_BYTES = 64 << 10
_LINGER_SECONDS = 5.0
_LINGER_BYTES = 64 << 20


class Frames:
    def __init__(self, transport: asyncio.Transport, flow: ReadFlow) -> None:
        self.allowance = 0
        """Frames, or parts of them, that may still be parsed in this slice."""
        self._transport = transport
        self._flow = flow
        self._protocol = Connection(ConnectionType.SERVER)
        self._framing = Framing()
        self._messages: deque[Message] = deque()
        self._kept = 0
        """Bytes in the messages."""
        self._arrived = asyncio.Event()
        self._text = ""
        self._used = False
        self._over = False
        """Whether nothing is to be said any more, and what comes is forgotten."""
        self._left_to_discard = _LINGER_BYTES

    @property
    def use(self) -> Use:
        if self._over:
            return Use.REFUSED
        return Use.WORKING if self._used else Use.WAITING

    def receive_data(self, data: bytes) -> None:
        if self._protocol.state in {ConnectionState.OPEN, ConnectionState.LOCAL_CLOSING}:
            self._protocol.receive_data(data)
        if self._over:
            self._left_to_discard -= len(data)
            if self._left_to_discard < 0:
                self._transport.close()

    def parse(self) -> None:
        """As far as the allowance goes, and as there is room for what comes of it."""
        for event in self._protocol.events():
            self.allowance -= 1
            self._take(event)
            if self._flow.read_paused or self._transport.is_closing():
                # The rest of what was fed is still to be parsed.
                self.allowance = 0
            if not self.allowance:
                return

    async def receive(self) -> Message:
        """The next message, or what there is of binary ones; the disconnect for ever."""
        while not self._messages:
            if self._over:
                return {"type": "websocket.disconnect"}
            self._arrived.clear()
            await self._arrived.wait()
        message = self._messages.popleft()
        self._kept -= len(message.get("bytes") or message.get("text") or "")
        if self._kept <= _KEPT_BYTES:
            self._flow.resume_reading()
        return {**message, "bytes": bytes(message["bytes"])} if "bytes" in message else message

    async def send_text(self, text: str, more: bool) -> None:
        """A message, or a part of it; returns when the client is about to have read what came before."""
        if self._flow.write_paused and not self._over:
            await self._flow.drain()
        if not self._over:
            self._used = True
            self._transport.write(self._protocol.send(TextMessage(data=text, message_finished=not more)))

    def ping(self) -> None:
        """So that whoever is between here and the client knows that the connection is in use."""
        if not self._over and not self._flow.write_paused:
            self._transport.write(self._protocol.send(Ping()))

    def close(self, code: int, reason: str) -> None:
        """Say so, and hang up when the client has said the same, or after a while."""
        if self._over:
            return
        self._transport.write(self._protocol.send(CloseConnection(code=code, reason=reason or None)))
        self._end()
        asyncio.get_running_loop().call_later(_LINGER_SECONDS, self._transport.close)

    def lost(self) -> None:
        """There is no connection any more."""
        self._end()

    def _take(self, event: Event) -> None:
        if isinstance(event, CloseConnection):
            self._closed(event)
            return
        if self._over:
            return
        size = len(event.data) if isinstance(event, BytesMessage | TextMessage) else 0
        whole = event.frame_finished if isinstance(event, BytesMessage | TextMessage) else True
        if complaint := self._framing.complaint(size, int(whole)):
            self.close(CloseReason.POLICY_VIOLATION, f"The upload is inefficient. {complaint}")
        elif isinstance(event, Ping):
            # A client that does not read gets no answer that would have to be kept.
            if not self._flow.write_paused:
                self._transport.write(self._protocol.send(event.response()))
        elif isinstance(event, BytesMessage):
            if event.data:
                self._put_audio(event.data)
        elif isinstance(event, TextMessage):
            self._text += event.data
            if len(self._text) > LONGEST_TEXT:
                self.close(CloseReason.MESSAGE_TOO_BIG, f"A text message has at most {LONGEST_TEXT} characters.")
            elif event.message_finished:
                self._messages.append({"type": "websocket.receive", "text": self._text})
                self._put(len(self._text))
                self._text = ""

    def _put_audio(self, data: bytes | bytearray) -> None:
        """Small frames that come faster than they are wanted become one message."""
        if self._messages and "bytes" in self._messages[-1]:
            self._messages[-1]["bytes"] += data
        else:
            self._messages.append({"type": "websocket.receive", "bytes": bytearray(data)})
        self._put(len(data))

    def _put(self, size: int) -> None:
        self._used = True
        self._arrived.set()
        self._kept += size
        if self._kept > _KEPT_BYTES:
            self._flow.pause_reading()

    def _closed(self, event: CloseConnection) -> None:
        match self._protocol.state:
            case ConnectionState.OPEN:
                self.close(event.code, "This is no frame of a WebSocket without extensions.")
            case ConnectionState.REMOTE_CLOSING:
                self._transport.write(self._protocol.send(event.response()))
                self._end()
                self._transport.close()
            case _:
                self._transport.close()

    def _end(self) -> None:
        self._over = True
        self._messages.clear()
        self._kept = 0
        self._arrived.set()
        self._flow.resume_reading()
