from __future__ import annotations

import numpy as np
import pytest

from tests.support.media import tones
from tonearm.algorithms.ebur128 import loudness
from tonearm.audio.pcm import PcmFormat
from tonearm.features import KWeightedPower
from tonearm.features.loudness import channel_weights, k_weighting


def test_coefficients_at_48_khz_are_the_standards() -> None:
    """BS.1770-4, Tables 1 and 2."""
    shelf, high_pass = k_weighting(48_000)
    expected = [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585]
    np.testing.assert_allclose(shelf, expected, atol=1e-9)
    np.testing.assert_allclose(high_pass, [1, -2, 1, -1.99004745483398, 0.99007225036621], atol=1e-9)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_a_997_hz_sine_at_full_scale_is_minus_3_01(rate: int) -> None:
    """BS.1770-4, Annex 1: 0 dBFS at 997 Hz in one front channel reads -3.01 LKFS."""
    sine = np.sin(2 * np.pi * 997 * np.arange(2 * rate) / rate).astype(np.float32)[None]
    power = KWeightedPower().extractor(PcmFormat(rate, ("FC",))).feed(sine)
    assert len(power) == 20
    assert loudness(power[5:].mean()) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize(
    ("channels", "weights"),
    [
        (("FC",), [1]),
        (("FL", "FR"), [1, 1]),
        (("FL", "FR", "FC", "LFE", "BL", "BR"), [1, 1, 1, 0, 1.41, 1.41]),
        (("FL", "FR", "FC", "LFE", "SL", "SR"), [1, 1, 1, 0, 1.41, 1.41]),
        (("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"), [1, 1, 1, 0, 1, 1, 1.41, 1.41]),
    ],
)
def test_channel_weights_are_the_standards(channels: tuple[str, ...], weights: list[float]) -> None:
    assert channel_weights(channels) == weights


@pytest.mark.parametrize("block", [1, 100, 4410, 5000])
def test_blocks_change_nothing(block: int) -> None:
    sound = tones(44_100, 2, 0.35)
    form = PcmFormat(44_100, ("FL", "FR"))
    whole = KWeightedPower().extractor(form).feed(sound)
    extractor = KWeightedPower().extractor(form)
    parts = [extractor.feed(sound[:, start : start + block]) for start in range(0, sound.shape[1], block)]
    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=1e-12)
    assert len(whole) == 3


def test_silence_after_sound_dies_away_to_nothing() -> None:
    sound = np.zeros((1, 44_100 * 20), np.float32)
    sound[0, :44_100] = 0.5
    power = KWeightedPower().extractor(PcmFormat(44_100, ("FC",))).feed(sound)
    assert power[-1] == 0
