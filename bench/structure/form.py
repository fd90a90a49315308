"""Music whose form is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    start: float
    """Seconds, as all times here."""
    end: float
    label: str


@dataclass(frozen=True)
class Piece:
    name: str
    kind: str
    """Which of the sets it belongs to."""
    sections: tuple[Section, ...]
    """In order, from the beginning to the end."""
    drops: tuple[float, ...] | None = None
    """Of dance music; None where nobody says."""


def joined(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Neighbours with the same label are one section."""
    found: list[Section] = []
    for section in sections:
        if found and found[-1].label == section.label:
            found[-1] = Section(found[-1].start, section.end, section.label)
        else:
            found.append(section)
    return tuple(found)
