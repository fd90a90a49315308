"""API keys: only their SHA-256 is configured, so that neither the environment nor a file gives one away.

A key is 256 random bits, so its plain digest cannot be searched for and needs no slow hash.
"""

from __future__ import annotations

import re
import secrets
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

PREFIX = "ta_"
_LARGEST_FILE = 16 << 20
_ENTRY = re.compile(r"(?:([A-Za-z0-9._-]{1,64}):)?([0-9a-fA-F]{64})(?:\s+until\s+(\d{4}-\d{2}-\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key; keys of one name are one client, so that a key can be replaced without a gap."""

    name: str
    digest: str
    until: date | None = None
    """Its last day, in UTC; None if it does not expire."""

    def expired(self, now: datetime) -> bool:
        """Whether its last day is over; `now` is aware of its time zone."""
        return self.until is not None and now.astimezone(UTC).date() > self.until


def create(name: str | None = None, until: date | None = None) -> tuple[str, str]:
    """A new key, and the entry by which it is configured. Raises ValueError for a name that an entry cannot have."""
    key = PREFIX + secrets.token_urlsafe(32)
    entry = f"{name}:{_digest(key)}" if name else _digest(key)
    if until is not None:
        entry += f" until {until}"
    parse(entry)
    return key, entry


def parse(entry: str) -> ApiKey:
    """Raises ValueError, with words that do not repeat the entry: it may be a key by mistake."""
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ValueError(
            "an entry is the SHA-256 of a key, 64 hexadecimal digits, or name:digest with a name of up to 64 letters, "
            "digits, dots, hyphens and underscores, and may end with its last day, until YYYY-MM-DD; "
            "`tonearm keys create NAME` prints one"
        )
    digest = found[2].lower()
    try:
        until = date.fromisoformat(found[3]) if found[3] else None
    except ValueError as error:
        raise ValueError(f"the last day of a key is {found[3]}, which is no date") from error
    return ApiKey(found[1] or digest[:8], digest, until)


def read(file: Path) -> tuple[ApiKey, ...]:
    """The keys of a file, an entry per line; # begins a comment. Raises ValueError that names the line."""
    try:
        found = file.stat()
        # Reading a pipe waits for whoever writes it, and the server with it.
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST_FILE:
            raise ValueError(f"it is no regular file of {_LARGEST_FILE} bytes at most")
        lines = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"the file cannot be read: {error}") from error
    keys = []
    for number, line in enumerate(lines, 1):
        if entry := line.partition("#")[0].strip():
            try:
                keys.append(parse(entry))
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from error
    if not keys:
        raise ValueError("the file has no keys, and a server without keys is open to everyone")
    return tuple(keys)


def by_digest(keys: Iterable[ApiKey]) -> dict[str, ApiKey]:
    """The keys as `find` looks them up."""
    return {key.digest: key for key in keys}


def find(presented: str, keys: Mapping[str, ApiKey]) -> ApiKey | None:
    """The key that was presented.

    Looking it up by its digest may take longer for a digest that begins like a known one. That says nothing about the
    key, as nobody can choose a digest.
    """
    return keys.get(_digest(presented))


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()
