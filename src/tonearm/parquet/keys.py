"""A set of keys that millions fit into: 16 bytes each, where Python's own sets take a hundred."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

_FEWEST = 1 << 16


class Keys:
    """Of 16 bytes each."""

    def __init__(self, keys: Iterable[bytes] = ()) -> None:
        self._sorted = np.empty(0, "S16")
        self._recent: set[bytes] = set()
        self.update(keys)

    def update(self, keys: Iterable[bytes]) -> None:
        self._recent.update(keys)
        # A sixteenth more each time, so that each key is moved a few times only.
        if len(self._recent) > max(_FEWEST, len(self._sorted) // 16):
            self._merge()

    def add(self, key: bytes) -> None:
        self.update((key,))

    def __contains__(self, key: bytes) -> bool:
        if key in self._recent:
            return True
        # As numpy has it, without zeros at its end; all are of one length, so none becomes another.
        short = np.bytes_(key.rstrip(b"\0"))
        place = int(np.searchsorted(self._sorted, short))
        return place < len(self._sorted) and bool(self._sorted[place] == short)

    def __len__(self) -> int:
        self._merge()
        return len(self._sorted)

    def without(self, others: Keys) -> Keys:
        kept = Keys()
        self._merge()
        others._merge()
        kept._sorted = np.setdiff1d(self._sorted, others._sorted, assume_unique=True)
        return kept

    def _merge(self) -> None:
        both = np.sort(np.concatenate([self._sorted, np.array(list(self._recent), "S16")]))
        # numpy's own `unique` takes six times as long.
        self._sorted = both[np.append(True, both[1:] != both[:-1])[: len(both)]]
        self._recent.clear()
