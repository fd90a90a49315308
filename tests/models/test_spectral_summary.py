"""Centroid, roll-off, flatness and MFCC against Essentia, frame by frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.decoded import EVERY, data_of, mono, result
from tests.support.sounds import SOUNDS
from tonearm.algorithms.windows import blackman_harris_62, normalised
from tonearm.audio.pcm import PcmFormat
from tonearm.features import Spectra, Timbre

FORM = PcmFormat(44_100, ("FC",))


def essentias(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Centroid, roll-off, flatness and 13 MFCC of each frame, shape (frames, 16)."""
    import essentia.standard as es

    window, transform = es.Windowing(type="hann"), es.Spectrum()
    centroid, rolloff, flatness, mfcc = es.Centroid(range=22_050), es.RollOff(), es.Flatness(), es.MFCC()
    rows = []
    for frame in es.FrameGenerator(samples, frameSize=2048, hopSize=1024):
        spectrum = transform(window(frame))
        rows.append([centroid(spectrum), rolloff(spectrum), flatness(spectrum), *mfcc(spectrum)[1]])
    return np.array(rows, np.float64)


@pytest.mark.parametrize("sound", EVERY)
def test_mean_and_variance(sound: str | Path) -> None:
    """Flatness hangs on the smallest bins, those that are the rounding of the transform: Essentia's own may be zero."""
    ours = result(data_of(sound), "spectral_summary")
    expected = essentias(mono(data_of(sound)))
    for what, values in (("mean", expected.mean(axis=0)), ("variance", expected.var(axis=0))):
        assert ours[f"centroid_{what}"] == pytest.approx(values[0], rel=1e-3)
        assert ours[f"rolloff_{what}"] == pytest.approx(values[1], rel=1e-3)
        assert ours[f"flatness_{what}"] == pytest.approx(values[2], rel=0.02, abs=1e-4)
        np.testing.assert_allclose(ours[f"mfcc_{what}"], values[3:], rtol=1e-3, atol=2e-3)


@pytest.mark.parametrize("sound", ["music", "tones", "noise"])
def test_every_frame(sound: str) -> None:
    samples = mono(data_of(sound))
    spectra, timbre = Timbre().source.extractor(FORM), Timbre().extractor(FORM)
    parts = [spectra.feed(samples[:100_000]), spectra.feed(samples[100_000:]), spectra.finish()]
    ours = np.concatenate([timbre.feed(part) for part in parts])
    expected = essentias(samples)
    assert ours.shape == expected.shape
    # Between tones there are digital zeros, whose spectrum is the rounding of the transform.
    heard = np.array([part.max() > 1e-6 for part in np.concatenate(parts)])
    np.testing.assert_allclose(ours[heard, 0], expected[heard, 0], rtol=1e-3)
    np.testing.assert_allclose(ours[heard, 3:], expected[heard, 3:], atol=0.01)
    assert (np.abs(ours[heard, 1] - expected[heard, 1]) < 1).mean() > 0.999
    assert np.isclose(ours[heard, 2], expected[heard, 2], rtol=0.02, atol=1e-5).mean() > 0.99


def test_spectra_are_essentias() -> None:
    import essentia.standard as es

    samples = mono(data_of("music"))
    feature = Spectra(4096, 2048, "blackmanharris62").extractor(FORM)
    ours = np.concatenate([feature.feed(samples[:50_001]), feature.feed(samples[50_001:]), feature.finish()])
    window, transform = es.Windowing(type="blackmanharris62"), es.Spectrum()
    expected = [transform(window(frame)) for frame in es.FrameGenerator(samples, frameSize=4096, hopSize=2048)]
    np.testing.assert_allclose(ours, np.array(expected), atol=1e-6)
    ones = np.ones(4096, np.float32)
    given = es.Windowing(type="blackmanharris62", zeroPhase=False)(ones)
    np.testing.assert_allclose(normalised(blackman_harris_62(4096)), given, atol=1e-9)


def test_silence_is_what_essentia_says() -> None:
    ours = result(SOUNDS["silence"], "spectral_summary")
    expected = essentias(mono(SOUNDS["silence"]))
    assert (ours["centroid_mean"], ours["rolloff_mean"], ours["flatness_mean"]) == (0, 0, 0)
    np.testing.assert_allclose(ours["mfcc_mean"], expected[:, 3:].mean(axis=0), atol=1e-3)
    np.testing.assert_allclose(ours["mfcc_variance"], 0, atol=1e-6)
