"""Mel scales and filterbanks of triangles.

HTK's scale: S. Young et al.: The HTK Book, Cambridge University. Slaney's, linear below 1 kHz: M. Slaney: Auditory
Toolbox, Interval Research Corporation, 1998.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Scale = Literal["slaney", "htk"]
Normalisation = Literal["area", "height", "sum"]
"""What is 1 in every band: the area of its triangle over Hz, its height, or the sum of its weights."""

_SLANEY_KNEE = 1000.0
_SLANEY_SLOPE = 3 / 200
_SLANEY_STEP = np.log(6.4) / 27


def hertz_to_mel(hertz: NDArray[np.floating[Any]], scale: Scale) -> NDArray[np.float64]:
    """From frequencies in Hz to mel: float64, same shape."""
    if scale == "htk":
        return np.asarray(2595 * np.log10(1 + hertz / 700), np.float64)
    above = _SLANEY_KNEE * _SLANEY_SLOPE + np.log(np.maximum(hertz, 1) / _SLANEY_KNEE) / _SLANEY_STEP
    return np.where(hertz < _SLANEY_KNEE, hertz * _SLANEY_SLOPE, above)


def mel_filterbank(
    *, rate: int, fft: int, bands: int, low: float, high: float, scale: Scale, normalisation: Normalisation
) -> NDArray[np.float32]:
    """The weight of each bin of a spectrum in each band: float32, shape (bands, fft // 2 + 1), dimensionless.

    The bands are spaced evenly on the mel scale from `low` to `high` Hz, each overlapping half of the next. Slaney's
    triangles are straight over frequency, HTK's over mel. `rate` is the sample rate in Hz, `fft` the length of the
    transform in samples.
    """
    places = np.arange(fft // 2 + 1) * (rate / fft)
    first, last = hertz_to_mel(np.array([low, high], np.float64), scale)
    corners = np.linspace(first, last, bands + 2)
    if scale == "htk":
        places = hertz_to_mel(places, scale)
    else:
        corners = _slaney_to_hertz(corners)
    left, peak, right = (corners[i : i + bands, None] for i in range(3))
    weights = np.maximum(0, np.minimum((places - left) / (peak - left), (right - places) / (right - peak)))
    if normalisation == "area":
        weights = weights * 2 / (right - left)
    elif normalisation == "sum":
        weights = weights / weights.sum(axis=1, keepdims=True)
    return np.asarray(weights, np.float32)


def band_extents(filterbank: NDArray[np.float32]) -> NDArray[np.int64]:
    """The first bin and one past the last bin of each band that has a weight: int64, shape (bands, 2)."""
    inside = filterbank > 0
    return np.stack((inside.argmax(axis=1), inside.shape[1] - inside[:, ::-1].argmax(axis=1)), axis=1)


def _slaney_to_hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = _SLANEY_KNEE * _SLANEY_SLOPE
    return np.where(mel < knee, mel / _SLANEY_SLOPE, _SLANEY_KNEE * np.exp((mel - knee) * _SLANEY_STEP))
