"""Essentia's chords, and a comparison with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_RATE = 44_100
_FRAME, _HOP = 4096, 2048


def essentias_chords(samples: NDArray[np.float32], window: float) -> tuple[list[str], NDArray[np.float32]]:
    """Chord and strength of each frame."""
    import essentia.standard as es

    taper, transform = es.Windowing(type="blackmanharris62"), es.Spectrum()
    peaks = es.SpectralPeaks(
        orderBy="magnitude", magnitudeThreshold=1e-5, minFrequency=20, maxFrequency=3500, maxPeaks=60
    )
    profile = es.HPCP(size=36, minFrequency=20, maxFrequency=3500, bandPreset=False, weightType="cosine", windowSize=1)
    frames = es.FrameGenerator(samples, frameSize=_FRAME, hopSize=_HOP)
    profiles = np.array([profile(*peaks(transform(taper(frame)))) for frame in frames])
    chords, strengths = es.ChordsDetection(hopSize=_HOP, windowSize=window)(profiles)
    return chords, strengths


def same_chords(segments: list[dict[str, Any]], samples: NDArray[np.float32], window: float = 2) -> NDArray[np.bool_]:
    """For each frame that is centred on a sample, whether its chord is Essentia's; without a sound, whether it is N."""
    chords, strengths = essentias_chords(samples, window)
    found = []
    for frame in range(-(-len(samples) // _HOP)):
        time = frame * _HOP / _RATE
        here = next(part["chord"] for part in segments if part["start"] <= time <= part["end"])
        found.append(here == (chords[frame] if strengths[frame] > 0 else "N"))
    return np.array(found)
