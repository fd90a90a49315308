"""Through a real Caddy, configured as docs/operating.md says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

from tests.support.documents.blocks import one
from tests.support.http import Server
from tests.support.proxies import caddy, free_port
from tonearm import Client


def test_events_arrive_while_the_upload_goes_on(server: Server, track: bytes) -> None:
    port = free_port()
    block = one("operating.md", "caddy")
    assert block.count("music.example.com {") == block.count("127.0.0.1:8000") == 1
    # Without TLS, on this machine alone, and without Caddy's own interface on a fixed port.
    here = block.replace("music.example.com {", f"http://127.0.0.1:{port} {{\n\tbind 127.0.0.1")
    here = here.replace(":8000", f":{server.port}").replace("{\n", "{\n\tadmin off\n", 1)
    started = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield track[:1_000_000]
        assert started.wait(100)
        yield track[1_000_000:]

    with caddy(here, port), closing(Client(f"http://127.0.0.1:{port}").stream(pieces(), "key")) as events:
        statuses = []
        for event in events:
            statuses.append(event.status)
            started.set()
    assert statuses == ["started", "completed", "finished"]
