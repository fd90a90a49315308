"""A library that is asked in a thread of its own: the event loop neither reads its files nor multiplies its vectors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from tonearm.library.library import Library

T = TypeVar("T")


class LibraryInThread:
    """Read at the first question, and again when its folder has other parts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # One thread: numpy uses several cores, and two readings at a time would take twice the memory.
        self._thread = ThreadPoolExecutor(1, "library")
        self._library: Library | None = None
        self._parts: frozenset[str] = frozenset()

    async def ask(self, question: Callable[[Library], T]) -> T:
        """Raises what the question raises, LookupError for a folder that is no library, and OSError."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: question(self._current()))

    def _current(self) -> Library:
        # Deferred: only the thread needs numpy and pyarrow.
        from tonearm.library.reading import parts, read

        there = parts(self._folder)
        if self._library is None or there != self._parts:
            self._library, self._parts = read(self._folder), there
        return self._library
