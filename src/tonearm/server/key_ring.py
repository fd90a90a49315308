"""The API keys that are accepted: those of the settings for good, and those of a file as it was last read."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from tonearm import api_keys
from tonearm.api_keys import ApiKey
from tonearm.errors import KeyExpired

log = logging.getLogger(__name__)


class KeyRing:
    """The only one who knows the keys. It may change while requests are served, and never becomes empty."""

    def __init__(self, lasting: tuple[ApiKey, ...] = (), file: Path | None = None) -> None:
        """Raises ValueError for a file that cannot be read, is invalid or has no keys."""
        self._lasting = lasting
        self._file = file
        self._accepted = self._read()

    def __bool__(self) -> bool:
        """Whether the server asks for a key, which does not change."""
        return bool(self._accepted)

    @property
    def names(self) -> set[str]:
        """Of all keys, those that have expired too."""
        return {key.name for key in self._accepted.values()}

    def find(self, presented: str) -> ApiKey | None:
        """The key that was presented; None if it is not known. Raises KeyExpired."""
        key = api_keys.find(presented, self._accepted)
        if key is not None and key.until is not None and key.expired(datetime.now(UTC)):
            raise KeyExpired(key.until)
        return key

    def reread(self) -> None:
        """Take the keys that the file has now. If it has become unusable, the keys stay as they were."""
        try:
            self._accepted = self._read()
        except ValueError as error:
            log.error("the API keys stay as they were: %s", error)
        else:
            self.report()

    def report(self) -> None:
        """Log how many keys there are, and which have expired."""
        now = datetime.now(UTC)
        expired = [key for key in self._accepted.values() if key.expired(now)]
        log.info("%d API keys are accepted", len(self._accepted) - len(expired))
        for key in expired:
            log.warning("the API key %s expired at the end of %s (UTC)", key.name, key.until)

    def _read(self) -> dict[str, ApiKey]:
        return api_keys.by_digest((*self._lasting, *(api_keys.read(self._file) if self._file else ())))
