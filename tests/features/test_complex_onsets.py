from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.features import values_of
from tests.support.sounds import music
from tonearm.features import ComplexOnsets


def essentias(signal: NDArray[Any]) -> NDArray[Any]:
    """OnsetDetection, method complex, on the frames BeatTrackerDegara cuts."""
    import essentia.standard as es

    window, transform, polar = es.Windowing(size=2048, type="hann"), es.FFT(size=2048), es.CartesianToPolar()
    detect = es.OnsetDetection(method="complex")
    frames = es.FrameGenerator(signal, frameSize=2048, hopSize=1024, startFromZero=True)
    return np.array([detect(*polar(transform(window(frame)))) for frame in frames], np.float32)


@pytest.mark.parametrize("length", [1, 1000, 2047, 2048, 2049, 3071, 3072, 3073, 4096, 200_000])
def test_equals_essentia_for_every_way_a_signal_can_end(length: int) -> None:
    signal = music(5)[:length]
    expected = essentias(signal)
    found = values_of(ComplexOnsets(), signal)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=5e-5 * expected.max())


@pytest.mark.parametrize("block", [1000, 1024, 3000, 100_000])
def test_blocks_change_nothing(block: int) -> None:
    signal = music(4)
    np.testing.assert_allclose(
        values_of(ComplexOnsets(), signal, block), values_of(ComplexOnsets(), signal, len(signal)), rtol=1e-5
    )


def test_silence_before_and_between_music_is_followed() -> None:
    signal = music(4)
    signal[:50_000] = 0
    signal[80_000:90_000] *= np.float32(1e-30)
    expected = essentias(signal)
    np.testing.assert_allclose(values_of(ComplexOnsets(), signal), expected, atol=5e-5 * expected.max())


def test_noise_equals_essentia() -> None:
    signal = np.random.default_rng(0).uniform(-0.5, 0.5, 100_000).astype(np.float32)
    expected = essentias(signal)
    np.testing.assert_allclose(values_of(ComplexOnsets(), signal), expected, rtol=2e-5)
