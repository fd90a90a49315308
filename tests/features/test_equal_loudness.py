from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.sounds import music
from tonearm.audio.pcm import PcmFormat
from tonearm.features import EqualLoudness


def ours(signal: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    extractor = EqualLoudness().extractor(PcmFormat(44_100, ("FC",)))
    fed = [extractor.feed(signal[start : start + block]) for start in range(0, len(signal), block)]
    return np.concatenate([*fed, extractor.finish()]).astype(np.float32)


def some_music() -> NDArray[np.float32]:
    return music(4)


def decaying() -> NDArray[np.float32]:
    """Noise, silence in which the filter's delays decay to nothing, and samples that are hardly numbers."""
    random = np.random.default_rng(1)
    parts = random.normal(0, 0.1, 50_000), np.zeros(20_000), random.normal(0, 1e-37, 5000), np.ones(1000)
    return np.concatenate(parts).astype(np.float32)


def one_sample() -> NDArray[np.float32]:
    return np.ones(1, np.float32)


@pytest.mark.parametrize("block", [1000, 65_536])
@pytest.mark.parametrize("sound", [some_music, decaying, one_sample])
def test_every_sample_is_essentias(sound: Callable[[], NDArray[np.float32]], block: int) -> None:
    import essentia.standard as es

    signal = sound()
    found = ours(signal, block)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, es.EqualLoudness()(signal))
