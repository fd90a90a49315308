"""Downloads from an origin that a shape of attack asks for, one after another, until it is over."""

from __future__ import annotations

import http.client
import socketserver
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

from bench.siege import Over

FETCH = {"TONEARM_FETCH_ALLOW": "127.0.0.0/8"}
"""Settings of a server that may download from the loopback."""


def of(pieces: Callable[[], Iterable[bytes]]) -> Callable[[int, Over], None]:
    """An attack: an origin that answers every request with these bytes."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline() not in {b"\r\n", b""}:
                pass
            with suppress(OSError):
                for piece in pieces():
                    self.wfile.write(piece)

    def attack(port: int, over: Over) -> None:
        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as origin:
            origin.daemon_threads = True
            threading.Thread(target=origin.serve_forever, args=(0.05,), daemon=True).start()
            headers = {"audio-url": f"http://127.0.0.1:{origin.server_address[1]}/", "Content-Length": "0"}
            while not over.is_set():
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                with suppress(OSError, http.client.HTTPException):
                    connection.request("POST", "/v1/analysis/stream?models=silence", headers=headers)
                    connection.getresponse().read()
                connection.close()
            origin.shutdown()

    return attack
