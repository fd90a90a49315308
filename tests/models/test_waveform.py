from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.decoded import EVERY, data_of, pcm, result
from tests.support.sounds import SOUNDS, wav
from tonearm.audio.pcm import PcmFormat
from tonearm.features import DecodedPcm
from tonearm.models.waveform import Waveform, WaveformParameters

ROUNDING = 0.000006


def outline(sound: NDArray[np.float32], edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Lowest, highest and RMS between the edges, shape (3, points)."""
    parts = np.split(sound.astype(np.float64), edges, axis=1)
    return np.array([[part.min(), part.max(), np.sqrt(np.square(part).mean())] for part in parts]).T


@pytest.mark.parametrize("points", [1, 7, 800, 3000])
@pytest.mark.parametrize("sound", EVERY)
def test_points_are_between_their_edges(sound: str | Path, points: int) -> None:
    """Edges are up to 1/16 of a point late: what a point surely covers, and what it may cover, bound it."""
    samples = pcm(data_of(sound))
    ours = result(data_of(sound), f"waveform(points={points})")
    length = samples.shape[1]
    assert len(ours["low"]) == len(ours["high"]) == len(ours["rms"]) == points
    late = length // points // 16 + 1
    for point in range(0, points, max(1, points // 40)):
        begin, end = point * length // points, (point + 1) * length // points
        sure = samples[:, begin + late * (point > 0) : end]
        possible = samples[:, begin : end + late]
        assert possible.min() - ROUNDING <= ours["low"][point] <= sure.min() + ROUNDING
        assert sure.max() - ROUNDING <= ours["high"][point] <= possible.max() + ROUNDING
        energy, least = np.square(possible, dtype=np.float64).sum(), np.square(sure, dtype=np.float64).sum()
        assert ours["rms"][point] <= np.sqrt(energy / sure.size) + ROUNDING
        assert ours["rms"][point] >= np.sqrt(least / possible.size) - ROUNDING
    # Together they are all samples, each once.
    assert min(ours["low"]) == pytest.approx(samples.min(), abs=ROUNDING)
    assert max(ours["high"]) == pytest.approx(samples.max(), abs=ROUNDING)


@pytest.mark.parametrize("samples", [800, 801, 25_599, 25_600])
def test_is_exact_for_up_to_32_samples_per_point(samples: int) -> None:
    sound = pcm(data_of("noise"))[:, :samples]
    ours = result(wav(sound), "waveform")
    edges = np.arange(1, 800) * samples // 800
    expected = outline(pcm(wav(sound)), edges)
    np.testing.assert_allclose([ours["low"], ours["high"], ours["rms"]], expected, atol=ROUNDING)


@pytest.mark.parametrize("blocks", [[5000], [1, 4999], [3000, 7, 1993], [13] * 384 + [8]])
def test_blocks_of_any_length_give_the_same(blocks: list[int]) -> None:
    sound = pcm(data_of("noise"))[:, :5000]
    model = Waveform(PcmFormat(44_100, ("FL", "FR")), WaveformParameters(points=10))
    for block in np.split(sound, np.cumsum(blocks)[:-1], axis=1):
        model.feed(DecodedPcm(), block)
    ours = model.finish()
    # 5000 samples in at most 320 bins are bins of 16.
    edges = -(-np.arange(1, 10) * 500 // 16) * 16
    np.testing.assert_allclose([ours.low, ours.high, ours.rms], outline(sound, edges), atol=ROUNDING)


def test_memory_does_not_grow_with_the_length() -> None:
    model = Waveform(PcmFormat(8_000, ("FC",)), WaveformParameters(points=100))
    block = np.full((1, 131_072), 0.25, np.float32)
    for _ in range(300):
        model.feed(DecodedPcm(), block)
    held = [value.size for value in vars(model).values() if isinstance(value, np.ndarray)]
    assert sum(held) < 10_000
    ours = model.finish()
    assert ours.rms == [0.25] * 100
    assert ours.duration == pytest.approx(300 * 131_072 / 8_000)


def test_fewer_samples_than_points_are_points_themselves() -> None:
    ours = result(SOUNDS["one sample"], "waveform")
    assert ours["low"] == ours["high"] == ours["rms"] == pytest.approx([0.5], abs=1e-4)


def test_extremes_are_of_all_channels() -> None:
    sound = np.zeros((3, 80_000))
    sound[1, 100], sound[2, 200] = 0.75, -0.5
    ours = result(wav(sound), "waveform(points=10)")
    assert ours["high"] == pytest.approx([0.75] + [0] * 9, abs=1e-4)
    assert ours["low"] == pytest.approx([-0.5] + [0] * 9, abs=1e-4)
