from __future__ import annotations

from bench.siege import Shape
from bench.uploads import of_chunks

SHAPE = Shape(of_chunks(64, 50_000_000, b";" + b"a" * 16_000), clients=4)
