from __future__ import annotations

import numpy as np
import pyebur128
import pytest
from numpy.typing import NDArray

from tests.support.media import tones
from tonearm.audio.pcm import PcmFormat
from tonearm.features import TruePeaks


def peaks(sound: NDArray[np.float32], rate: int, block: int = 65_536) -> NDArray[np.float32]:
    """Shape (2, channels): sample peak and true peak."""
    extractor = TruePeaks().extractor(PcmFormat(rate, ("FL", "FR")[: len(sound)]))
    for start in range(0, sound.shape[1], block):
        extractor.feed(sound[:, start : start + block])
    return np.asarray(extractor.finish()[0], np.float32)


def libebur128(sound: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    state = pyebur128.R128State(len(sound), rate, pyebur128.MeasurementMode.MODE_TRUE_PEAK)
    # The interpolator sees a sample's surroundings only when what follows it has been fed.
    padded = np.pad(sound, ((0, 0), (0, 100)))
    state.add_frames(padded.T.ravel(), padded.shape[1])
    return np.array([pyebur128.get_true_peak(state, channel) for channel in range(len(sound))])


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("kind", ["tones", "noise", "clipped", "impulse"])
def test_true_peak_equals_libebur128(rate: int, kind: str) -> None:
    random = np.random.default_rng(7)
    sound = tones(rate, 2, 1.0)
    if kind == "noise":
        sound = random.normal(0, 0.2, (2, rate)).astype(np.float32)
    elif kind == "clipped":
        sound = np.clip(random.normal(0, 2, (2, rate)), -1, 1).astype(np.float32)
    elif kind == "impulse":
        sound = np.zeros((2, rate), np.float32)
        sound[0, -3:] = 0.9, -0.9, 0.9
    np.testing.assert_allclose(peaks(sound, rate)[1], libebur128(sound, rate), rtol=1e-4)


@pytest.mark.parametrize("block", [1, 30, 1000])
def test_blocks_change_nothing(block: int) -> None:
    sound = np.random.default_rng(2).normal(0, 0.3, (2, 5000)).astype(np.float32)
    np.testing.assert_array_equal(peaks(sound, 44_100, block), peaks(sound, 44_100))


def test_from_192_khz_the_true_peak_is_the_sample_peak() -> None:
    sound = np.random.default_rng(2).normal(0, 0.3, (1, 5000)).astype(np.float32)
    sample, true = peaks(sound, 192_000)
    assert sample == true == np.abs(sound).max()
