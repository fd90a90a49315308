"""Rising bands against madmom's processors as BeatNet sets them, written once more from their documentation."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tonearm.audio.pcm import PcmFormat
from tonearm.features.rising_bands import BEATNET_BANDS

FORM = PcmFormat(22_050, ("FC",))


def triangles() -> NDArray[np.float64]:
    """Weights of 705 bins, 24 bands an octave around 440 Hz from 30 Hz up: shape (bands, bins)."""
    hertz = [k * 22_050 / 1410 for k in range(705)]
    tones = [440 * 2 ** (n / 24) for n in range(-93, 127)]
    nearest = sorted({int(np.argmin([abs(bin_ - tone) for bin_ in hertz])) for tone in tones if tone >= 30})
    bank = []
    for left, peak, right in zip(nearest, nearest[1:], nearest[2:], strict=False):
        corners = np.interp(np.arange(705), [left, peak, right], [0, 1, 0], left=0, right=0)
        bank.append(corners / corners.sum())
    return np.array(bank)


def recipe(signal: NDArray[np.float32]) -> NDArray[np.float64]:
    count = -(-len(signal) // 441)
    padded = np.pad(signal.astype(np.float64), (705, 1411))
    frames = np.array([padded[441 * i : 441 * i + 1411] for i in range(count)]) * np.hanning(1411)
    bands = np.log10(1 + np.abs(np.fft.rfft(frames))[:, :705] @ triangles().T)
    rise = np.maximum(0, np.diff(bands, axis=0, prepend=bands[:1]))
    return np.hstack([bands, rise])


def rising(signal: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    extractor = BEATNET_BANDS.extractor(FORM)
    blocks = [signal[start : start + block] for start in range(0, len(signal), block)]
    return np.concatenate([*(extractor.feed(each) for each in blocks), extractor.finish()])


@pytest.mark.parametrize("samples", [1, 441, 442, 44_100])
@pytest.mark.parametrize("block", [400, 32_768])
def test_values_are_madmoms(samples: int, block: int) -> None:
    swell = np.sin(np.arange(samples) / 3000)
    signal = (swell * np.random.default_rng(0).standard_normal(samples)).astype(np.float32)
    found = rising(signal, block)
    expected = recipe(signal)
    assert found.shape == expected.shape == (-(-samples // 441), 272)
    np.testing.assert_allclose(found, expected, atol=3e-6)


def test_no_audio_has_no_frames() -> None:
    assert not len(rising(np.empty(0, np.float32), 1))
