from __future__ import annotations

import numpy as np
import pytest

from tonearm.parquet.keys import Keys
from tonearm.parquet.track import key_of


@pytest.mark.release
def test_keys_are_in_or_not_whatever_their_bytes_are() -> None:
    random = np.random.default_rng(0)
    given = [random.bytes(16) for _ in range(100_000)] + [bytes(16), b"\1" + bytes(15), bytes(15) + b"\1"]
    keys = Keys(given)
    assert len(keys) == len(given)
    assert all(key in keys for key in given)
    assert not any(key_of(str(number)) in keys for number in range(10_000))
    keys.add(given[0])
    assert len(keys) == len(given)
    rest = keys.without(Keys(given[:50_000]))
    assert len(rest) == len(given) - 50_000
    assert given[0] not in rest
    assert given[-1] in rest
