"""Server-Sent Events, as the WHATWG HTML standard frames them."""

from __future__ import annotations

from collections.abc import Iterator

from tonearm.protocol.events import Event


class ServerSentEvents:
    media_type = "text/event-stream; charset=utf-8"
    keep_alive = b": keep-alive\n\n"

    def event(self, event: Event) -> Iterator[bytes]:
        yield f"data: {event.data}\n\n".encode()
