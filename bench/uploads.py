"""Uploads that a shape of attack repeats, each on a new connection, until it is over."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from struct import pack

from bench.siege import Over

_BATCH_BYTES = 1 << 16
# The header of a WAV file of unknown length: the server takes what follows for samples.
WAV = b"RIFF\xff\xff\xff\xffWAVEfmt " + pack("<IHHIIHH", 16, 1, 1, 44100, 88200, 2, 16) + b"data\xff\xff\xff\xff"
_HEAD = b"POST /v1/analysis/stream?models=silence HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"


def of_chunks(size: int, total: int, extension: bytes = b"") -> Callable[[int, Over], None]:
    """An attack: chunks of `size` bytes, `total` bytes on the wire per upload."""
    chunk = b"%x%b\r\n%b\r\n" % (size, extension, bytes(size))
    batch = chunk * max(1, _BATCH_BYTES // len(chunk))

    def attack(port: int, over: Over) -> None:
        while not over.is_set():
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(_HEAD + b"%x\r\n%b\r\n" % (len(WAV), WAV))
                for _ in range(total // len(batch)):
                    connection.sendall(batch)
                    if over.is_set():
                        return

    return attack
