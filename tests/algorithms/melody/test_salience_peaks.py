"""Peaks of salience, against Essentia's PitchSalienceFunctionPeaks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tonearm.algorithms.melody.salience import BINS
from tonearm.algorithms.melody.salience_peaks import Peaks, SaliencePeaks


def peaks_of(saliences: NDArray[np.float32], block: int) -> Peaks:
    peaks = SaliencePeaks()
    for start in range(0, len(saliences), block):
        peaks.add(saliences[start : start + block])
    return peaks.finish()


def jagged() -> NDArray[np.float32]:
    """Two hundred peaks in a frame, and flat ones, all of them salient."""
    return np.random.default_rng(1).choice(np.array([0.91, 0.95, 1], np.float32), (200, BINS))


def flat_at_the_ends() -> NDArray[np.float32]:
    rows = np.full((8, BINS), 0.95, np.float32)
    rows[0, :1] = rows[1, :2] = rows[2, -1:] = rows[3, -2:] = rows[4, -3:-1] = rows[5, -2] = rows[6, 1] = 1
    return rows


def silent() -> NDArray[np.float32]:
    return np.zeros((40, BINS), np.float32)


@pytest.mark.parametrize("kind", [jagged, flat_at_the_ends, silent])
def test_salient_peaks_are_essentias(kind: Callable[[], NDArray[np.float32]]) -> None:
    import essentia.standard as es

    saliences = kind()
    find = es.PitchSalienceFunctionPeaks(minFrequency=1, maxFrequency=20_000)
    peaks = peaks_of(saliences, 64)
    end = 0
    for row, count, salient in zip(saliences, peaks.counts, peaks.salient, strict=True):
        begin, end = end, end + int(count)
        bins, heights = find(row)
        np.testing.assert_array_equal(peaks.bins[begin:end], bins)
        np.testing.assert_array_equal(peaks.saliences[begin:end], heights)
        assert salient == count


def test_what_no_salient_peak_leads_to_is_left_out() -> None:
    """Beside a loud tone, one that is as loud for a while, one that is faint and near to it, and one that is not."""
    saliences = np.zeros((300, BINS), np.float32)
    saliences[:, 300] = saliences[100:200, 400] = 1
    saliences[:100, 400] = saliences[200:, 400] = saliences[:, 307] = saliences[:, 315] = 0.1
    saliences[::2, 315] = 0
    peaks = peaks_of(saliences, 1000)
    frames = np.repeat(np.arange(300), peaks.counts)
    kept = {place: set(frames[peaks.bins == place].tolist()) for place in np.unique(peaks.bins).tolist()}
    assert kept == {300: set(range(300)), 307: set(range(300)), 400: set(range(66, 234))}


@pytest.mark.parametrize("block", [1, 33, 35, 100])
def test_blocks_change_nothing(block: int) -> None:
    saliences = np.random.default_rng(2).exponential(1, (150, BINS)).astype(np.float32)
    for one, other in zip(peaks_of(saliences, block), peaks_of(saliences, 150), strict=True):
        np.testing.assert_array_equal(one, other)


def test_no_frames_no_peaks() -> None:
    assert all(len(part) == 0 for part in SaliencePeaks().finish())
