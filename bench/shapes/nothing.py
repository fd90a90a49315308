"""No attack, to compare with."""

from __future__ import annotations

from bench.siege import Over, Shape


def attack(port: int, over: Over) -> None:
    over.wait()


SHAPE = Shape(attack)
