"""Sending and receiving at the same time."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from tests.support.waiting import PATIENCE_SECONDS
from tonearm import Client
from tonearm.protocol.messages import Started


def analyses_while_it_sends(client: Client, track: bytes) -> None:
    seen_started = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield track[:200_000]
        assert seen_started.wait(PATIENCE_SECONDS)
        yield track[200_000:]

    events = client.stream(pieces(), "key")
    assert isinstance(next(events), Started)
    seen_started.set()
    assert [event.status for event in events] == ["completed", "finished"]
