"""Harmonic pitch class profiles in thirds of a semitone, as Essentia's music extractor makes them for keys.

They follow the chords of the synthesised track better than those it makes for chords, and than those of its tutorial.

E. Gómez: Tonal Description of Polyphonic Audio for Music Content Processing. INFORMS Journal on Computing 18(3), 2006.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.spectral_peaks import find_peaks, keep_loudest

SIZE = 36
_LOWEST, _HIGHEST = 20.0, 3500.0
_THRESHOLD = 1e-5
_MOST_PEAKS = 60
_WINDOW = 3
"""Bins: a semitone."""


@compiled
def pitch_class_profiles(spectra: NDArray[np.float32], hertz_per_bin: float, reference: float) -> NDArray[np.float32]:
    """From magnitude spectra, shape (frames, bins), to profiles, shape (frames, 36), from A upwards.

    The 60 highest peaks from 20 to 3500 Hz, with cosine weights one semitone wide; A4 has `reference` Hz. Each row has
    a maximum of 1, or is zero where there are no peaks.
    """
    profiles = np.zeros((len(spectra), SIZE), np.float32)
    frequencies = np.empty(spectra.shape[1], np.float32)
    magnitudes = np.empty(spectra.shape[1], np.float32)
    for frame in range(len(spectra)):
        profile = profiles[frame]
        count = find_peaks(spectra[frame], hertz_per_bin, _LOWEST, _HIGHEST, _THRESHOLD, frequencies, magnitudes)
        for peak in range(keep_loudest(count, _MOST_PEAKS, frequencies, magnitudes)):
            place = SIZE * np.log2(frequencies[peak] / reference)
            first, last = int(np.ceil(place - _WINDOW / 2)), int(np.floor(place + _WINDOW / 2))
            for pitch in range(first, last + 1):
                weight = np.cos(np.pi * (place - pitch) / _WINDOW)
                profile[pitch % SIZE] += weight * magnitudes[peak] * magnitudes[peak]
        highest = profile.max()
        if highest > 0:
            profile /= highest
    return profiles
