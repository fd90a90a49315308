"""Heads of as many headers as fit, one request after another."""

from __future__ import annotations

import socket
from contextlib import suppress

from bench.siege import Over, Shape

_HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"a:\r\n" * 4000 + b"\r\n"


def attack(port: int, over: Over) -> None:
    while not over.is_set():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(_HEAD)
            connection.recv(1 << 16)


SHAPE = Shape(attack, clients=4)
