from __future__ import annotations

from bench.siege import Shape
from bench.uploads import of_chunks

SHAPE = Shape(of_chunks(1, 10_000_000), settings={"TONEARM_API_KEYS": "0" * 64})
