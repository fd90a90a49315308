"""The constant-Q transform against sums over the samples of each window."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tonearm.audio.pcm import PcmFormat
from tonearm.features.constant_q import KEYCNN_CQT

FORM = PcmFormat(22_050, ("FC",))


def transformed(signal: NDArray[np.float32], block: int = 32_768) -> NDArray[np.float32]:
    extractor = KEYCNN_CQT.extractor(FORM)
    blocks = [signal[start : start + block] for start in range(0, len(signal), block)]
    return np.concatenate([*(extractor.feed(each) for each in blocks), extractor.finish()])


def direct(signal: NDArray[np.float32], frame: int, row: int) -> float:
    """One value as it is defined: an inner product with a windowed wave, in double precision."""
    ratio = 2 ** (1 / 12)
    frequency = 41.20344461410875 * 2 ** (row / 24)
    length = (ratio + 1) / (ratio - 1) * 22_050 / frequency
    times = np.arange(np.ceil(-length / 2), np.floor(length / 2) + 1)
    window = 0.5 + 0.5 * np.cos(2 * np.pi * times / length)
    places = times.astype(int) + frame * 4096
    inside = (places >= 0) & (places < len(signal))
    wave = window * np.exp(-2j * np.pi * frequency * times / 22_050)
    return float(np.abs((signal[places[inside]] * wave[inside]).sum()) / window.sum() * np.sqrt(length))


@pytest.mark.parametrize("row", [0, 1, 40, 95, 96, 140, 167])
def test_values_are_those_of_the_definition(row: int) -> None:
    signal = (0.3 * np.random.default_rng(0).standard_normal(60_000)).astype(np.float32)
    found = transformed(signal)
    assert found.shape == (60_000 // 4096 + 1, 168)
    expected = [direct(signal, frame, row) for frame in range(len(found))]
    # Of the weights, those below a thousandth are left out.
    np.testing.assert_allclose(found[:, row], expected, atol=2e-3 * max(expected))


def test_a_tone_is_in_its_own_bin() -> None:
    for row in (5, 62, 119):
        frequency = KEYCNN_CQT.lowest * 2 ** (row / 24)
        tone = np.sin(2 * np.pi * frequency * np.arange(100_000) / 22_050).astype(np.float32)
        found = transformed(tone)[12]
        assert found.argmax() == row
        ratio = 2 ** (1 / 12)
        length = (ratio + 1) / (ratio - 1) * 22_050 / frequency
        assert found[row] == pytest.approx(np.sqrt(length) / 2, rel=0.02)


@pytest.mark.parametrize("samples", [1, 4095, 4096, 50_000])
def test_frames_do_not_depend_on_blocks(samples: int) -> None:
    signal = np.random.default_rng(1).standard_normal(samples).astype(np.float32)
    expected = transformed(signal)
    assert len(expected) == samples // 4096 + 1
    np.testing.assert_allclose(transformed(signal, 3001), expected, rtol=1e-3, atol=1e-3)


def test_no_audio_has_no_frames() -> None:
    assert not len(transformed(np.empty(0, np.float32)))
