from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.sounds import music
from tonearm.audio.pcm import PcmFormat
from tonearm.features import PitchSalience

FORM = PcmFormat(44_100, ("FC",))


def ours(signal: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    """The salience of a signal that has been through the equal-loudness filter."""
    extractor = PitchSalience().extractor(FORM)
    fed = [extractor.feed(signal[start : start + block]) for start in range(0, len(signal), block)]
    return np.concatenate([*fed, extractor.finish()]).astype(np.float32)


def essentias(signal: NDArray[np.float32]) -> NDArray[np.float32]:
    """As PredominantPitchMelodia computes it."""
    import essentia.standard as es

    window, transform = es.Windowing(type="hann", size=2048, zeroPadding=6144), es.Spectrum(size=8192)
    find = es.SpectralPeaks(
        orderBy="magnitude", magnitudeThreshold=0, minFrequency=1, maxFrequency=20_000, maxPeaks=100
    )
    salience = es.PitchSalienceFunction()
    frames = es.FrameGenerator(signal, frameSize=2048, hopSize=128)
    return np.array([salience(*find(transform(window(frame)))) for frame in frames], np.float32)


SIGNALS: dict[str, Callable[[], NDArray[np.float32]]] = {
    "music": lambda: music(2),
    "noise": lambda: np.random.default_rng(3).normal(0, 0.1, 20_000).astype(np.float32),
    "constant": lambda: np.ones(5000, np.float32),
    "silence": lambda: np.zeros(5000, np.float32),
}


@pytest.mark.parametrize("sound", SIGNALS)
def test_equals_essentia(sound: str) -> None:
    """But for harmonics so near to the border between two bins that rounding decides which one they are in."""
    signal = SIGNALS[sound]()
    found, expected = ours(signal, 65_536), essentias(signal)
    assert found.shape == expected.shape
    apart = np.abs(found - expected).max(axis=1)
    heights = expected.max(axis=1)
    assert (apart <= 1e-5 * heights).mean() > 0.95
    assert (apart <= 0.1 * heights).all()


@pytest.mark.parametrize("length", [1, 127, 128, 129, 1024, 1025, 2048, 4096, 4097])
def test_frames_are_essentias_for_every_way_a_signal_can_end(length: int) -> None:
    signal = music(1)[:length]
    assert ours(signal, 65_536).shape == essentias(signal).shape


@pytest.mark.parametrize("block", [100, 128, 5000])
def test_blocks_change_nothing(block: int) -> None:
    signal = music(1)
    np.testing.assert_array_equal(ours(signal, block), ours(signal, 65_536))
