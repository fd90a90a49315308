"""The agreement of beat trackers against Essentia's TempoTapMaxAgreement."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tonearm.algorithms.rhythm import most_agreed

Beats = NDArray[np.float32]


def essentias(candidates: list[Beats]) -> tuple[Beats, float]:
    import essentia

    # As its beat tracker has it: essentia.standard configures it a second time, and the borders of its bins with it.
    agree = essentia._essentia.Algorithm("TempoTapMaxAgreement")
    lists = [beats.tolist() for beats in candidates]
    beats, confidence = agree.__compute__(essentia.common.convertData(lists, essentia.common.Edt.VECTOR_VECTOR_REAL))
    return np.array(beats, np.float32), float(confidence)


def candidates_of(seed: int) -> list[Beats]:
    """Five trackers: some near each other, some on a grid, some irregular, some that end early or found nothing."""
    random = np.random.default_rng(seed)
    common = np.cumsum(random.uniform(0.4, 0.6, random.integers(0, 200)))
    found = []
    for _ in range(5):
        if random.random() < 0.7:
            beats = common + random.normal(0, random.choice([1e-4, 0.02, 0.1]), len(common))
        else:
            beats = np.cumsum(random.uniform(0.3, 0.9, random.integers(0, 200)))
        if random.random() < 0.3:
            beats = np.round(beats * 86.13) / 86.13
        if random.random() < 0.2:
            beats = beats[: len(beats) // 2]
        found.append(np.unique(np.abs(beats).astype(np.float32)))
    return found


@pytest.mark.parametrize("seed", range(30))
def test_beats_and_confidence_are_essentias(seed: int) -> None:
    candidates = candidates_of(seed)
    beats, confidence = most_agreed(candidates)
    expected = essentias(candidates)
    np.testing.assert_array_equal(beats, expected[0])
    assert confidence == pytest.approx(expected[1], abs=2e-6)


def test_five_that_are_alike_agree_fully() -> None:
    beats = np.arange(0, 100, 0.5).astype(np.float32)
    assert most_agreed([beats] * 5)[1] == 5


def test_nothing_is_agreed_on_by_chance() -> None:
    random = np.random.default_rng(0)
    candidates = [np.cumsum(random.uniform(0.3, 0.9, 5000)).astype(np.float32) for _ in range(5)]
    assert most_agreed(candidates)[1] == pytest.approx(0, abs=0.3)


def test_beats_of_the_first_five_seconds_do_not_count() -> None:
    beats = np.arange(0, 4.9, 0.5).astype(np.float32)
    found, confidence = most_agreed([np.empty(0, np.float32), beats, beats])
    assert confidence == 0
    assert len(found) == 0
