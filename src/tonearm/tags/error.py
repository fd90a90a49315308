from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tonearm.errors import TonearmError


class TagError(TonearmError):
    """The tags of a file cannot be read or written."""


@contextmanager
def failing_in_our_words(done: str) -> Iterator[None]:
    """For what mutagen does: it wraps what the system says of a file, and stumbles over damaged ones in every way."""
    try:
        yield
    except (TagError, OSError):
        raise
    except Exception as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from error
        raise TagError(f"The file's tags cannot be {done}: {str(error) or type(error).__name__}.") from error
