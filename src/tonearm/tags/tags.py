from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from tonearm.tags.values import Values

Entry = dict[str, Any]
"""One value of a tag as the file has it, in terms of its format and of JSON."""


class Tags(Protocol):
    """The tags of one file."""

    def wanted(self, values: Values) -> dict[str, str]:
        """The tags that these values set, by name. All other tags stay unchanged."""

    def get(self, name: str) -> str | None: ...

    def set(self, name: str, value: str) -> None: ...

    def entries(self, name: str) -> list[Entry]:
        """Everything that the file has under this name; empty where there is no such tag."""

    def restore(self, name: str, entries: list[Entry]) -> None:
        """Make `entries` all that the file has under this name."""

    def save(self) -> None: ...


@dataclass(frozen=True)
class Names:
    """What a format calls the tags that all formats have in common."""

    bpm: str
    key: tuple[str, ...]
    mood: str
    genre: str
    energy: str

    def of(self, values: Values) -> dict[str, str]:
        told = (
            (self.bpm, None if values.bpm is None else str(round(values.bpm))),
            *((name, values.key) for name in self.key),
            (self.mood, values.mood),
            (self.genre, values.genre),
            (self.energy, None if values.energy is None else str(values.energy)),
        )
        return {name: value for name, value in told if value is not None}


def begun(file: Any) -> Any:
    """The tags of a mutagen file, created if it has none."""
    if file.tags is None:
        file.add_tags()
    return file.tags
