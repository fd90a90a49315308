from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.sounds import music
from tonearm.audio.pcm import PcmFormat
from tonearm.features import Feature, Hpcp
from tonearm.model import Parameters
from tonearm.models.key import KeyModel

FORM = PcmFormat(44_100, ("FC",))


def key_of(signal: NDArray[np.float32], block: int) -> tuple[str, str, float]:
    extractor, model, feature = Hpcp().extractor(FORM), KeyModel(FORM, Parameters()), Hpcp()
    for start in range(0, len(signal), block):
        model.feed(feature, extractor.feed(signal[start : start + block]))
    model.feed(feature, extractor.finish())
    found = model.finish()
    return found.key[0], found.scale[0], found.strength[0]


@pytest.mark.parametrize("length", [1, 100, 2048, 2049, 4096, 6143, 6144, 6145, 10_241, 300_000])
def test_key_equals_essentias_key_extractor_for_every_way_a_signal_can_end(length: int) -> None:
    import essentia.standard as es

    signal = music(8)[:length]
    key, scale, strength = es.KeyExtractor()(signal)
    found = key_of(signal, 65_536)
    assert found[:2] == (key, scale)
    assert found[2] == pytest.approx(strength, abs=1e-4)


def test_silent_frames_between_music_equal_essentia() -> None:
    import essentia.standard as es

    signal = music(8)
    signal[:60_000] = 0
    signal[100_000:200_000] *= np.float32(1e-4)
    key, scale, strength = es.KeyExtractor()(signal)
    found = key_of(signal, 65_536)
    assert found[:2] == (key, scale)
    assert found[2] == pytest.approx(strength, abs=1e-4)


@pytest.mark.parametrize("block", [1000, 4096, 5000])
def test_blocks_change_nothing(block: int) -> None:
    signal = music(6)
    assert key_of(signal, block) == key_of(signal, len(signal))


def test_equal_features_are_one() -> None:
    features: set[Feature] = {Hpcp(), Hpcp()}
    assert len(features) == 1
