from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tonearm.errors import TonearmError


class TagError(TonearmError):
    """Raised when the tags of a file cannot be read or written."""


@contextmanager
def failing_in_our_words(done: str) -> Iterator[None]:
    """Turn mutagen's errors into TagError. It wraps OSError, and damaged files make it raise almost anything."""
    try:
        yield
    except (TagError, OSError):
        raise
    except Exception as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from error
        raise TagError(f"The file's tags cannot be {done}: {str(error) or type(error).__name__}.") from error
