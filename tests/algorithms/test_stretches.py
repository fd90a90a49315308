"""Stretches: each frame is new once, with enough around it, whatever the blocks."""

from __future__ import annotations

import numpy as np
import pytest

from tonearm.algorithms.stretches import Stretches


@pytest.mark.parametrize("block", [1, 7, 100, 1000])
@pytest.mark.parametrize("count", [0, 1, 30, 31, 40, 173])
def test_every_frame_is_new_once(count: int, block: int) -> None:
    frames = np.arange(count, dtype=np.float32)[:, None]
    stretches = Stretches(30, 10)
    found = [each for start in range(0, count, block) for each in stretches.add(frames[start : start + block])]
    found += stretches.finish()
    new = [each.frames[each.begin : each.end, 0] for each in found]
    assert np.concatenate([np.empty(0), *new]).tolist() == list(range(count))
    for each in found:
        assert each.frames[0, 0] == each.first
        assert each.begin == min(10, each.first + each.begin)
        assert len(each.frames) - each.end == 10 or each is found[-1]


def test_they_do_not_depend_on_blocks() -> None:
    frames = np.arange(200, dtype=np.float32)[:, None]
    whole, parts = Stretches(30, 10), Stretches(30, 10)
    one = [*whole.add(frames), *whole.finish()]
    other = [each for frame in frames for each in parts.add(frame[None])] + list(parts.finish())
    assert [(each.first, each.begin, each.end, len(each.frames)) for each in one] == [
        (each.first, each.begin, each.end, len(each.frames)) for each in other
    ]
