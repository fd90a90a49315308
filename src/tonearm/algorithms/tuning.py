"""What music is tuned to, as Essentia's TuningFrequency estimates it.

E. Gómez: Key estimation from polyphonic audio. Music Information Retrieval Evaluation Exchange, 2005.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.spectral_peaks import find_peaks

_LOWEST, _HIGHEST = 40.0, 5000.0
_THRESHOLD = 1e-5
_CONCERT_PITCH = 440.0
_CENTS = 100
_WRAPPED_BELOW = -35
"""Cents: a tuning half-way between two semitones is called high, not low."""


class TuningHistogram:
    """The energy of the frames tuned to each cent of a semitone."""

    def __init__(self, hertz_per_bin: float) -> None:
        self._hertz_per_bin = hertz_per_bin
        self._energies = np.zeros(_CENTS, np.float32)

    def add(self, spectra: NDArray[np.float32]) -> None:
        """Take magnitude spectra, shape (frames, bins)."""
        _add_frames(spectra, self._hertz_per_bin, self._energies)

    def cents(self) -> int:
        """The deviation from 440 Hz so far, -35 to 65 cents; 0 if there were no tones."""
        if not self._energies.any():
            return 0
        cents = int(self._energies.argmax()) - _CENTS // 2
        return cents + _CENTS if cents < _WRAPPED_BELOW else cents


def frequency_of(cents: float) -> float:
    """The frequency in Hz that is `cents` above 440 Hz."""
    return float(_CONCERT_PITCH * 2 ** (cents / 1200))


@compiled
def _add_frames(spectra: NDArray[np.float32], hertz_per_bin: float, energies: NDArray[np.float32]) -> None:
    """A frame is tuned to the cent at which the magnitudes of its peaks have their highest sum."""
    frequencies = np.empty(spectra.shape[1], np.float32)
    magnitudes = np.empty(spectra.shape[1], np.float32)
    histogram = np.empty(_CENTS, np.float32)
    for frame in range(len(spectra)):
        count = find_peaks(spectra[frame], hertz_per_bin, _LOWEST, _HIGHEST, _THRESHOLD, frequencies, magnitudes)
        if not count:
            continue
        histogram[:] = 0
        energy = np.float32(0)
        for peak in range(count):
            semitones = np.float32(np.log2(frequencies[peak] / _CONCERT_PITCH)) * np.float32(12)
            deviation = np.float32(100 * (semitones - np.floor(semitones + 0.5)))
            histogram[int(50 + deviation + 0.5) % _CENTS] += magnitudes[peak]
            energy += magnitudes[peak] * magnitudes[peak]
        energies[np.argmax(histogram)] += energy
