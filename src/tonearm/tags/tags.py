from __future__ import annotations

from typing import Any, Protocol

from tonearm.tags.values import Values


class Tags(Protocol):
    """The tags of one file: what they are, and what values would make of them."""

    def wanted(self, values: Values) -> dict[str, str]:
        """By name, each tag that these values fill. No other is touched."""

    def get(self, name: str) -> str | None: ...

    def set(self, name: str, value: str) -> None: ...

    def save(self) -> None: ...


def begun(file: Any) -> Any:
    """The tags of one of mutagen's files, which has none before the first."""
    if file.tags is None:
        file.add_tags()
    return file.tags
