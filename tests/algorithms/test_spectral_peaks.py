"""Peaks of spectra, against Essentia's SpectralPeaks."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tonearm.algorithms.spectral_peaks import find_peaks, keep_loudest

BINS = 2049
HERTZ_PER_BIN = 44_100 / 4096


def spectra() -> dict[str, NDArray[np.float32]]:
    random = np.random.default_rng(5)
    noise = random.exponential(1e-3, BINS)
    plateaus = np.round(noise, 3)
    lines = np.zeros(BINS)
    lines[::7] = 1e-2
    at_the_edge = np.linspace(1, 0, BINS)
    return {
        name: spectrum.astype(np.float32)
        for name, spectrum in {
            "noise": noise,
            "plateaus": plateaus,
            "lines": lines,
            "falling": at_the_edge,
            "rising": at_the_edge[::-1],
            "flat": np.full(BINS, 0.1),
            "silence": np.zeros(BINS),
            "below the threshold": noise * 1e-4,
        }.items()
    }


@pytest.mark.parametrize("name", spectra())
@pytest.mark.parametrize(("lowest", "highest"), [(20, 3500), (40, 5000), (1, 20_000)])
@pytest.mark.parametrize("most", [60, 10_000])
def test_peaks_are_essentias(name: str, lowest: float, highest: float, most: int) -> None:
    import essentia.standard as es

    spectrum = spectra()[name]
    frequencies, magnitudes = np.empty(BINS, np.float32), np.empty(BINS, np.float32)
    count = find_peaks(spectrum, HERTZ_PER_BIN, lowest, highest, 1e-5, frequencies, magnitudes)
    expected = es.SpectralPeaks(
        orderBy="magnitude", magnitudeThreshold=1e-5, minFrequency=lowest, maxFrequency=highest, maxPeaks=most
    )(spectrum)
    count = keep_loudest(count, most, frequencies, magnitudes)
    order = np.lexsort((frequencies[:count], -magnitudes[:count]))
    assert count == len(expected[0])
    np.testing.assert_allclose(frequencies[:count][order], expected[0], rtol=1e-6)
    np.testing.assert_allclose(magnitudes[:count][order], expected[1], rtol=1e-5)
