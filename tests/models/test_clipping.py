"""Clipping that was put there, and the DC offset beside numpy's mean."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.filter import run
from tests.support.sounds import wav


def test_spots_are_found_where_they_were_put_and_across_blocks() -> None:
    rate, drawn = 44_100, np.random.default_rng(0)
    sound = drawn.normal(0, 0.1, (2, 5 * rate)) + np.array([[0.02], [-0.01]])
    spots = {(0, 1000): 3, (0, 44_000): 400, (0, 4 * rate): 7, (1, 0): 20, (1, 5 * rate - 5): 5}
    for (channel, start), length in spots.items():
        sound[channel, start : start + length] = 1.0 if length % 2 else -1.0
    # Two in a row are none, and neither are three that nearly are.
    sound[1, 3000:3002] = 1.0
    sound[1, 4000:4003] = 0.9995
    result = run(wav(np.clip(sound, -1, 1)), "clipping").results["clipping:1"]
    left, right = result["channels"]
    assert (left["spots"], left["longest"], left["longest_at"]) == (3, 400, pytest.approx(44_000 / rate, abs=1e-6))
    assert (right["spots"], right["longest"], right["longest_at"]) == (2, 20, 0.0)
    assert result["spots"] == 5
    kept = (np.clip(sound, -1, 1) * 32767).astype("<i2") / 32768
    for channel, found in zip(kept, result["channels"], strict=True):
        assert found["dc_offset"] == pytest.approx(channel.mean(), abs=1e-6)


def test_what_is_silent_has_none() -> None:
    (only,) = run(wav(np.zeros((1, 1000))), "clipping").results["clipping:1"]["channels"]
    assert only == {"channel": "FC", "spots": 0, "longest": 0, "longest_at": None, "dc_offset": 0.0}
