"""How salient each pitch is in a spectrum, by the sum of its harmonics: Essentia's PitchSalienceFunction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.spectral_peaks import find_peaks, keep_loudest
from tonearm.algorithms.spectrum import power_spectrum

Floats = NDArray[np.float32]

BINS = 600
"""Pitches told apart: five octaves from 55 Hz in steps of 10 cents."""
BINS_PER_OCTAVE = 120
LOWEST = 55.0
"""The pitch of bin 0, in Hz."""
_LOWEST_PEAK, _HIGHEST_PEAK = 1.0, 20_000.0
_MOST_PEAKS = 100
_FAINTEST = 0.01
"""Peaks that are 40 dB below the highest are left out."""
_RISE = 1.125
"""How much higher than its bin an interpolated peak can be."""
_HARMONICS = 20
_SEMITONE = 10
_WEIGHTS = (0.8 ** np.arange(_HARMONICS)).astype(np.float32)
_OCTAVES = np.log2(np.arange(1, _HARMONICS + 1))
_SPREAD = (np.cos(np.arange(-_SEMITONE, _SEMITONE + 1) / _SEMITONE * np.pi / 2) ** 2).astype(np.float32)


@compiled
def pitch_saliences(spectra: Floats, hertz_per_bin: float) -> Floats:
    """From complex spectra, shape (frames, 2 · bins), real and imaginary parts in turn, up to 20 kHz or more.

    Returns float32, shape (frames, BINS), never negative, in the unit of the spectra: of each pitch the weighted sum of
    the 100 highest spectral peaks that can be its harmonics.
    """
    saliences = np.zeros((len(spectra), BINS), np.float32)
    spectrum = np.empty(spectra.shape[1] // 2, np.float32)
    frequencies = np.empty(spectrum.size, np.float32)
    magnitudes = np.empty(spectrum.size, np.float32)
    harmonics = np.empty(BINS + 2 * _SEMITONE, np.float32)
    for frame in range(len(spectra)):
        power_spectrum(spectra[frame], spectrum)
        for k in range(spectrum.size):
            spectrum[k] = np.sqrt(spectrum[k])
        threshold = _highest(spectrum) * _FAINTEST / _RISE
        count = find_peaks(spectrum, hertz_per_bin, _LOWEST_PEAK, _HIGHEST_PEAK, threshold, frequencies, magnitudes)
        if count:
            count = keep_loudest(count, _MOST_PEAKS, frequencies, magnitudes)
            _gather(frequencies[:count], magnitudes[:count], harmonics)
            # Essentia spreads each harmonic by itself.
            for offset in range(_SPREAD.size):
                for pitch in range(BINS):
                    saliences[frame, pitch] += _SPREAD[offset] * harmonics[pitch + offset]
    return saliences


@compiled
def _highest(magnitudes: Floats) -> float:
    # Floats that are not negative are in the order of their bits, and only of integers a maximum is vectorised.
    bits = np.zeros(1, np.int32)
    highest = bits[0]
    for height in magnitudes.view(np.int32):
        highest = max(highest, height)
    bits[0] = highest
    return float(bits.view(np.float32)[0])


@compiled
def _gather(frequencies: Floats, magnitudes: Floats, harmonics: Floats) -> None:
    """Write to each pitch, shape (BINS + 2 semitones,), the weighted sum of the peaks nearest to its harmonics.

    In double precision. In Essentia's single precision, one harmonic in ten thousand falls into the bin beside.
    """
    harmonics[:] = 0
    threshold = magnitudes.max() * np.float32(_FAINTEST)
    for peak in range(frequencies.size):
        if magnitudes[peak] <= threshold:
            continue
        octaves = np.log2(frequencies[peak] / LOWEST)
        for harmonic in range(_HARMONICS):
            # From half a bin below the lowest pitch on.
            place = BINS_PER_OCTAVE * (octaves - _OCTAVES[harmonic]) + 0.5
            if place < 0:
                break
            if place < BINS + _SEMITONE:
                harmonics[int(place) + _SEMITONE] += _WEIGHTS[harmonic] * magnitudes[peak]
