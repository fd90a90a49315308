from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.decoded import EVERY, data_of, pcm, result
from tests.support.sounds import SOUNDS, wav

RATE = 44_100


def expected(sound: NDArray[np.float32], rate: int, threshold: float, gap: float) -> dict[str, Any]:
    """By the positions of all sounds at once."""
    loud = np.flatnonzero((np.abs(sound) >= np.float32(10 ** (threshold / 20))).any(axis=0)).tolist()
    length = sound.shape[1]
    return {
        "leading": (loud[0] if loud else length) / rate,
        "trailing": (length - 1 - loud[-1] if loud else length) / rate,
        "duration": length / rate,
        "gaps": [
            {"start": (one + 1) / rate, "end": following / rate}
            for one, following in pairwise(loud)
            if following - one - 1 >= round(gap * rate)
        ],
    }


@pytest.mark.release
@pytest.mark.parametrize(("threshold", "gap"), [(-60, 0.5), (-20, 0.1), (-90, 0.25), (0, 1)])
@pytest.mark.parametrize("sound", EVERY)
def test_is_what_all_sounds_at_once_say(sound: str | Path, threshold: float, gap: float) -> None:
    data = data_of(sound)
    samples = pcm(data)
    ours = result(data, f"silence(threshold={threshold},gap={gap})")
    rate = round(samples.shape[1] / ours["duration"])
    assert ours == expected(samples, rate, threshold, gap)


def test_is_exact_to_the_sample_across_blocks() -> None:
    """A click in the right channel before and after the border between two blocks, and silence longer than a block."""
    sound = np.zeros((2, 600_000))
    for place in (131_071, 131_072 + 22_050, 500_000):
        sound[1, place] = -0.01
    ours = result(wav(sound), "silence")
    assert ours["leading"] == 131_071 / RATE
    assert ours["trailing"] == 99_999 / RATE
    assert ours["duration"] == 600_000 / RATE
    assert ours["gaps"] == [
        {"start": 131_072 / RATE, "end": 153_122 / RATE},
        {"start": 153_123 / RATE, "end": 500_000 / RATE},
    ]


def test_a_gap_one_sample_too_short_is_none() -> None:
    sound = np.zeros((1, 60_000))
    sound[0, [0, 22_050]] = 0.5
    assert result(wav(sound), "silence")["gaps"] == []
    assert len(result(wav(sound), "silence(gap=0.49)")["gaps"]) == 1


def test_the_threshold_is_in_dbfs() -> None:
    sound = np.zeros((1, RATE))
    sound[0, 1000] = 10 ** (-40.1 / 20)
    assert result(wav(sound), "silence(threshold=-41)")["leading"] == 1000 / RATE
    assert result(wav(sound), "silence(threshold=-40)")["leading"] == 1


def test_silence_is_all_leading_and_all_trailing() -> None:
    assert result(SOUNDS["silence"], "silence") == {"leading": 5, "trailing": 5, "duration": 5, "gaps": []}
