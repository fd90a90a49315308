"""600 heads without a body on an open server, again and again, with 1024 file descriptors."""

from __future__ import annotations

import socket
from contextlib import suppress

from bench.siege import Over, Shape

_HEAD = b"POST /v1/analysis/stream?models=key HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"


def attack(port: int, over: Over) -> None:
    while not over.is_set():
        held = []
        for _ in range(600):
            with suppress(OSError):
                held.append(socket.create_connection(("127.0.0.1", port), timeout=2))
                held[-1].sendall(_HEAD)
        over.wait(5)
        for connection in held:
            connection.close()


SHAPE = Shape(attack, files=1024)
