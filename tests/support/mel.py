"""Slaney's mel filterbank in double precision, written from librosa's documentation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def slaney_mel(rate: int, fft: int, bands: int, low: float, high: float) -> NDArray[np.float64]:
    """Triangles of area 1 over Hz: shape (bands, fft // 2 + 1)."""
    step = np.log(6.4) / 27

    def mel(hertz: ArrayLike) -> NDArray[np.float64]:
        values = np.asarray(hertz, np.float64)
        return np.where(values < 1000, values * 3 / 200, 15 + np.log(np.maximum(values, 1) / 1000) / step)

    places = np.linspace(mel(low), mel(high), bands + 2)
    corners = np.where(places < 15, places * 200 / 3, 1000 * np.exp((places - 15) * step))
    bins = np.arange(fft // 2 + 1) * rate / fft
    left, peak, right = (corners[i : i + bands, None] for i in range(3))
    triangles = np.maximum(0, np.minimum((bins - left) / (peak - left), (right - bins) / (right - peak)))
    return np.asarray(triangles * 2 / (right - left), np.float64)
