"""Audio files as they arrive in folders, each when it is whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from threading import Event
from time import monotonic
from typing import NamedTuple

from watchfiles import Change, watch

from tonearm.cli.source import Kind, Source, is_apple_double, left_out_for, meant

SETTLED_SECONDS = 2.0
"""For how long a file has to stay as it is to be taken for whole: who writes it does not say when that is done."""
_LOOK_MS = 500


class _State(NamedTuple):
    size: int
    modified: int


class Pending:
    """Files that are perhaps still being written."""

    def __init__(self, settled_seconds: float = SETTLED_SECONDS) -> None:
        self._settled = settled_seconds
        self._seen: dict[str, tuple[_State, float]] = {}
        """What each was when, by the caller's clock, it was last seen to change."""
        self._taken: dict[str, _State] = {}

    def add(self, path: str, now: float) -> None:
        """A file that is new or has changed; one that is just as it was taken is neither."""
        state = _state(path)
        if state is not None and state != self._taken.get(path) and path not in self._seen:
            self._seen[path] = (state, now)

    def whole(self, now: float) -> list[Source]:
        """Those that have not changed for long enough; each is given once. What is gone or empty is not given."""
        found = []
        for path, (before, since) in list(self._seen.items()):
            state = _state(path)
            if state is None:
                del self._seen[path]
            elif state != before:
                self._seen[path] = (state, now)
            elif state.size and now - since >= self._settled:
                del self._seen[path]
                self._taken[path] = state
                found.append(Source(path, Kind.FILE, state.size))
        return found


def arrivals(folders: Sequence[str], skip: Callable[[str], bool], stop: Event) -> Iterator[Source]:
    """Every audio file that is in the folders, if it is not to be skipped, and then those that come or change.

    Blocks until there is one, and ends when `stop` is set.
    """
    pending = Pending()
    first = True
    for changes in watch(
        *folders,
        watch_filter=None,
        stop_event=stop,
        step=_LOOK_MS // 10,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        raise_interrupt=False,
        ignore_permission_denied=True,
    ):
        now = monotonic()
        if first:
            # Only now, so that nothing comes between looking and watching.
            for path in _inside(folders):
                if not skip(path):
                    pending.add(path, now)
            first = False
        for path in _inside(path for change, path in changes if change is not Change.deleted):
            pending.add(path, now)
        yield from pending.whole(now)


def _inside(paths: Sequence[str] | Iterator[str]) -> Iterator[str]:
    """The audio files among these, and those in folders among them."""
    for path in paths:
        name = os.path.basename(path)
        if os.path.isdir(path):
            yield from (source.name for source in meant(path, lambda path, why: None))
        elif left_out_for(name) is None and not is_apple_double(name):
            yield path


def _state(path: str) -> _State | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return _State(status.st_size, status.st_mtime_ns)
