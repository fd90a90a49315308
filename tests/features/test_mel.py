"""Mel bands against Essentia's own front ends, frame by frame."""

from __future__ import annotations

import numpy as np
import pytest

from tonearm.audio.pcm import PcmFormat
from tonearm.features.mel import MUSICNN_MEL, TEMPOCNN_MEL, VGGISH_MEL, MelBands


@pytest.mark.parametrize(
    ("mel", "algorithm", "tolerance"),
    [
        (MUSICNN_MEL, "TensorflowInputMusiCNN", 1e-4),
        (VGGISH_MEL, "TensorflowInputVGGish", 1e-4),
        (TEMPOCNN_MEL, "TensorflowInputTempoCNN", 1e-5),
    ],
)
@pytest.mark.parametrize("level", [0.5, 1e-3, 0.0])
def test_bands_are_essentias(mel: MelBands, algorithm: str, tolerance: float, level: float) -> None:
    import essentia.standard as es

    signal = (level * np.random.default_rng(0).standard_normal(5 * mel.rate)).astype(np.float32)
    describe = getattr(es, algorithm)()
    expected = np.array([describe(frame) for frame in es.FrameGenerator(signal, mel.frame, mel.hop)])
    extractor = mel.extractor(PcmFormat(mel.rate, ("FC",)))
    parts = [extractor.feed(part) for part in np.array_split(signal, [1, 700, 30_000])]
    found = np.concatenate([*parts, extractor.finish()])
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=tolerance, rtol=1e-5)
