"""What an output folder has already: which sources are done, and which tracks are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tonearm.parquet.keys import Keys
from tonearm.parquet.parts import Parts
from tonearm.parquet.track import key_of

Exist = Callable[[Sequence[str]], list[bool]]
"""Which of these sources are still there, as far as that can be told."""


class Known:
    """Read from the parts, and told of each source that is done meanwhile."""

    def __init__(self, parts: Parts, exist: Exist) -> None:
        self.sources = Keys()
        self.failed = 0
        """Sources with an error."""
        self._tracks = Keys()
        lost, there = Keys(), Keys()
        for table in parts.read("source", "track", "error"):
            sources, tracks = table["source"].to_pylist(), table["track"].to_pylist()
            self.failed += table.num_rows - table["error"].null_count
            self.sources.update(map(key_of, sources))
            found = [
                (bytes.fromhex(track), exists)
                for track, exists in zip(tracks, exist(sources), strict=True)
                if track is not None
            ]
            self._tracks.update(key for key, _ in found)
            there.update(key for key, exists in found if exists)
            lost.update(key for key, exists in found if not exists)
        self._lost = lost.without(there)
        self._found_again: set[bytes] = set()

    @property
    def some_may_have_moved(self) -> bool:
        """Whether there are tracks none of whose sources is there any more."""
        return len(self._lost) > len(self._found_again)

    def has(self, track: str) -> bool:
        return bytes.fromhex(track) in self._tracks

    def add(self, track: str | None, failed: bool) -> bool:
        """Whether the track is new."""
        self.failed += failed
        if track is None:
            return False
        key = bytes.fromhex(track)
        if key in self._lost:
            self._found_again.add(key)
        new = key not in self._tracks
        self._tracks.add(key)
        return new
