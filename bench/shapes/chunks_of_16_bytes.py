from __future__ import annotations

from bench.siege import Shape
from bench.uploads import of_chunks

SHAPE = Shape(of_chunks(16, 10_000_000), clients=1)
