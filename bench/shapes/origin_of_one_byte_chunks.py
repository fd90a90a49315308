from __future__ import annotations

from bench import origins
from bench.siege import Shape
from bench.uploads import WAV

_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(WAV), WAV)

SHAPE = Shape(origins.of(lambda: [_HEAD, *[b"1\r\n\0\r\n" * 1000] * 300]), settings=origins.FETCH)
