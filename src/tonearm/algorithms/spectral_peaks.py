"""The peaks of a spectrum, as Essentia's SpectralPeaks finds them.

J. O. Smith, X. Serra: PARSHL: An analysis/synthesis program for non-harmonic sounds based on a sinusoidal
representation. International Computer Music Conference, 1987.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled

Floats = NDArray[np.floating]


@compiled
def find_peaks(
    spectrum: Floats,
    hertz_per_bin: float,
    lowest: float,
    highest: float,
    threshold: float,
    frequencies: Floats,
    magnitudes: Floats,
) -> int:
    """Local maxima above the threshold by parabolic interpolation, in ascending order; returns how many there are.

    `spectrum` has shape (bins,) and reaches beyond `highest`, in Hz. Frequencies, in Hz, and magnitudes, in the unit of
    the spectrum, are written to two arrays that are half as long as it, or longer.
    """
    first = int(np.ceil(lowest / hertz_per_bin))
    count = 0
    if spectrum[first] > spectrum[first + 1] and spectrum[first] > threshold:
        frequencies[0], magnitudes[0] = first * hertz_per_bin, spectrum[first]
        count = 1
    start = first + 1
    # An interpolated peak is at most half a bin below the highest of its three.
    candidates = _rises(spectrum, start, min(len(spectrum) - 1, int(highest / hertz_per_bin) + 2), threshold)
    eights = candidates.view(np.uint64)
    for eight in range(eights.size):
        if not eights[eight]:
            continue
        for candidate in range(8 * eight, 8 * eight + 8):
            if not candidates[candidate]:
                continue
            begin = start + candidate
            height = spectrum[begin]
            end = begin
            while end < len(spectrum) - 2 and spectrum[end + 1] == height:
                end += 1
            if height <= spectrum[end + 1]:
                continue
            place = 0.5 * (begin + end)
            if begin == end:
                left, right = spectrum[begin - 1], spectrum[begin + 1]
                shift = 0.5 * (left - right) / (left - 2 * height + right)
                place += shift
                height -= 0.25 * (left - right) * shift
            if place * hertz_per_bin > highest:
                return count
            frequencies[count], magnitudes[count] = place * hertz_per_bin, height
            count += 1
    return count


@compiled
def _rises(spectrum: Floats, start: int, stop: int, threshold: float) -> NDArray[np.uint8]:
    """Which bins from `start` to `stop` are above the threshold and the bin before, and not below the one behind.

    uint8, shape (bins,), with zeros up to a multiple of eight. Few bins are peaks, and without a branch this becomes
    vector instructions.
    """
    bins = stop - start
    rises = np.zeros((bins + 7) // 8 * 8, np.uint8)
    faintest = spectrum.dtype.type(threshold)
    before, here, behind = spectrum[start - 1 :], spectrum[start:], spectrum[start + 1 :]
    for k in range(bins):
        rises[k] = (here[k] > faintest) & (here[k] > before[k]) & (here[k] >= behind[k])
    return rises


@compiled
def keep_loudest(count: int, most: int, frequencies: Floats, magnitudes: Floats) -> int:
    """Move the `most` highest of `count` peaks to the front, in the order they have; returns how many are kept.

    Of equal ones the first are kept. Counting the higher ones of each is as fast as sorting some hundred peaks, and
    compiles ten times as fast.
    """
    if count <= most:
        return count
    heights = magnitudes[:count].copy()
    kept = 0
    for peak in range(count):
        higher = 0
        for other in range(count):
            higher += heights[other] > heights[peak] or (heights[other] == heights[peak] and other < peak)
        if higher < most:
            frequencies[kept], magnitudes[kept] = frequencies[peak], heights[peak]
            kept += 1
    return kept
