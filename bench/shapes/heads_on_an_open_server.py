"""600 heads without a body on an open server, again and again, with 1024 file descriptors."""

from __future__ import annotations

from bench.shapes.heads_without_body import attack
from bench.siege import Shape

SHAPE = Shape(attack, files=1024)
