"""Gammatone filters, against Essentia's ERBBands."""

from __future__ import annotations

import numpy as np
import pytest

from tonearm.algorithms.erb import gammatone_filterbank


@pytest.mark.parametrize(("fft", "bands", "low", "high"), [(2048, 40, 80, 22_050), (1024, 20, 50, 11_025)])
def test_the_shape_of_each_band_is_essentias(fft: int, bands: int, low: float, high: float) -> None:
    """Its height is not: Essentia's are up to 70 000. Its poles are of single precision, which costs 2e-5."""
    import essentia.standard as es

    bins = fft // 2 + 1
    weigh = es.ERBBands(
        inputSize=bins, numberBands=bands, lowFrequencyBound=low, highFrequencyBound=high, type="magnitude"
    )
    expected = np.array([weigh(bin_alone) for bin_alone in np.eye(bins, dtype=np.float32)]).T
    found = gammatone_filterbank(rate=44_100, fft=fft, bands=bands, low=low, high=high)
    for ours, essentias in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours / ours.max(), essentias / essentias.max(), rtol=1e-3, atol=5e-5)
