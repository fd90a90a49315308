from __future__ import annotations

from typing import Any, Protocol

from tonearm.tags.values import Values


class Tags(Protocol):
    """The tags of one file."""

    def wanted(self, values: Values) -> dict[str, str]:
        """The tags that these values set, by name. All other tags stay unchanged."""

    def get(self, name: str) -> str | None: ...

    def set(self, name: str, value: str) -> None: ...

    def save(self) -> None: ...


def begun(file: Any) -> Any:
    """The tags of a mutagen file, created if it has none."""
    if file.tags is None:
        file.add_tags()
    return file.tags
