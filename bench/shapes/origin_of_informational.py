"""An origin that sends informational responses without end."""

from __future__ import annotations

from bench import origins
from bench.siege import Shape

SHAPE = Shape(origins.of(lambda: [b"HTTP/1.1 102 \r\n\r\n" * 4000] * 1000), settings=origins.FETCH)
