"""The files of the page, read once and kept in memory. Requests can reach no other files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

# The system's table may map .js to plain text, and browsers refuse such modules.
_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    media_type: str
    etag: str


@cache
def assets() -> dict[str, Asset]:
    """The files by their path below `static`, such as `views/key.js`."""
    return dict(_read(files("tonearm.web") / "static", ""))


def asset(body: bytes, media_type: str) -> Asset:
    return Asset(body, media_type, f'"{sha256(body).hexdigest()[:32]}"')


def _read(folder: Traversable, path: str) -> Iterator[tuple[str, Asset]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _read(entry, f"{path}{entry.name}/")
        elif media_type := _MEDIA_TYPES.get(entry.name[entry.name.rfind(".") :]):
            yield f"{path}{entry.name}", asset(entry.read_bytes(), media_type)
