from __future__ import annotations

import numpy as np
import pytest
import soxr

from tests.support.media import tones
from tonearm.audio.pcm import PcmFormat
from tonearm.features import Mono


@pytest.mark.parametrize(
    ("channels", "heard"),
    [
        (("FC",), [0]),
        (("FL", "FR"), [0, 1]),
        (("FL", "FR", "FC", "LFE", "BL", "BR"), [0, 1, 2, 4, 5]),
        (("LFE",), [0]),
    ],
)
def test_downmix_is_the_mean_without_the_lfe(channels: tuple[str, ...], heard: list[int]) -> None:
    block = tones(44_100, len(channels), 0.5)
    extractor = Mono(44_100).extractor(PcmFormat(44_100, channels))
    np.testing.assert_allclose(extractor.feed(block), block[heard].mean(axis=0), atol=1e-6)
    assert extractor.finish().size == 0


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000])
def test_resampling_in_blocks_equals_resampling_at_once(rate: int) -> None:
    block = tones(rate, 1, 2.0)
    extractor = Mono(44_100).extractor(PcmFormat(rate, ("FC",)))
    parts = [extractor.feed(block[:, start : start + 10_007]) for start in range(0, block.shape[1], 10_007)]
    found = np.concatenate([*parts, extractor.finish()])
    expected = soxr.resample(block[0], rate, 44_100)
    assert len(found) == len(expected) == 2 * 44_100
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(("rate", "target"), [(44_100, 16_000), (48_000, 16_000), (8_000, 16_000), (96_000, 11_025)])
def test_linear_resampling_is_essentias(rate: int, target: int) -> None:
    import essentia.standard as es

    samples = (0.1 * np.random.default_rng(0).standard_normal(3 * rate + 77)).astype(np.float32)
    expected = es.Resample(inputSampleRate=rate, outputSampleRate=target, quality=4)(samples)
    extractor = Mono(target, linear=True).extractor(PcmFormat(rate, ("FC",)))
    parts = [extractor.feed(part[None]) for part in np.array_split(samples, [1, 2, 1000, 50_001])]
    found = np.concatenate([*parts, extractor.finish()])
    assert len(found) == len(expected)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("quieter", [0, 1])
def test_an_inverted_channel_does_not_silence_the_other(quieter: int) -> None:
    block = np.repeat(tones(44_100, 1, 1.0), 2, axis=0)
    block[1] *= -1
    block[quieter] *= 0.95
    extractor = Mono(44_100).extractor(PcmFormat(44_100, ("FL", "FR")))
    np.testing.assert_array_equal(extractor.feed(block), block[1 - quieter])
    # The one that was chosen, although the other is the louder one now.
    np.testing.assert_array_equal(extractor.feed(block[::-1]), block[quieter])
