"""Harmonic pitch class profiles, as Essentia's KeyExtractor computes them, in batches of frames.

E. Gómez: Tonal Description of Polyphonic Audio for Music Content Processing. INFORMS Journal on Computing 18(3), 2006.
The spectral peaks are whitened by an envelope after A. Röbel, X. Rodet: Efficient spectral envelope estimation and its
application to pitch shifting and envelope preservation. DAFx, 2005.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import log2

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.algorithms.spectral_peaks import find_peaks, keep_loudest
from tonearm.algorithms.spectrum import power_spectrum
from tonearm.algorithms.windows import hann, normalised
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.frames import Framer
from tonearm.features.mono import Mono
from tonearm.features.spectral import SpectralExtractor

_FRAME = 4096
HPCP_RATE = ANALYSIS_RATE / _FRAME
"""Frames a second."""
_HERTZ_PER_BIN = ANALYSIS_RATE / _FRAME
_LOWEST, _HIGHEST = 25.0, 3500.0
_THRESHOLD = 1e-4
_MOST_PEAKS = 60
_ENVELOPE_STEP = 100.0
_ENVELOPE_END = 1.2 * _HIGHEST
_SILENCE = 1e-20
_REFERENCE = 440.0
_SIZE = 12


@dataclass(frozen=True)
class Hpcp(Feature):
    """float32, shape (frames, 12), from A upwards: Hann frames of 4096 samples at 44.1 kHz, without overlap.

    The 60 highest spectral peaks from 25 to 3500 Hz, whitened, with four harmonics and cosine weights one semitone
    wide, not normalised; dimensionless, never negative.
    """

    @property
    def source(self) -> Feature:
        return Mono(ANALYSIS_RATE)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Chroma()


class _Chroma(SpectralExtractor):
    def __init__(self) -> None:
        super().__init__(Framer(normalised(hann(_FRAME)), _FRAME, centred=True), _FRAME)
        self._bands = _envelope_bands()
        self._weights = _envelope_weights()
        self._harmonics = _harmonics()

    def describe(self, spectra: Block) -> Block:
        # KeyExtractor adds noise at -100 dB to silent frames; it stays below the threshold of the peaks, so it
        # changes nothing and is left out.
        return _profiles(spectra, self._weights, self._bands, self._harmonics)


def _envelope_bands() -> NDArray[np.int64]:
    """The bins around each point of the envelope, every 100 Hz: shape (points, 2), first and one past the last."""
    points = np.arange(0, _ENVELOPE_END + 1, _ENVELOPE_STEP)
    begins = np.maximum(0, ((points - np.maximum(50, 0.34 * points)) / _HERTZ_PER_BIN + 0.5).astype(int))
    ends = np.maximum(begins + 1, ((points + np.maximum(50, 0.58 * points)) / _HERTZ_PER_BIN + 0.5).astype(int))
    return np.stack((begins, ends), axis=1)


@cache
def _envelope_weights() -> Block:
    """The weight of each bin at each point of the envelope, shape (points, bins)."""
    begins, ends = _envelope_bands().T[:, :, None]
    bins = np.arange(ends.max())
    distance = np.abs(bins - (begins + ends) / 2) / ((ends - begins) / 2)
    return np.where((begins <= bins) & (bins < ends), (1 - distance) ** 4, 0).astype(np.float32)


def _harmonics() -> Block:
    """The pitch classes that a peak contributes to, shape (n, 2): semitones below it, and the square of the weight.

    A peak may be the first to fifth harmonic of a tone; harmonics of one pitch class add their weights up.
    """
    strengths: dict[float, float] = {}
    for harmonic in range(1, 6):
        semitones = 12 * log2(harmonic)
        pitch_class = round(semitones % 12, 5) % 12
        strengths[pitch_class] = strengths.get(pitch_class, 0.0) + 1 / max(1.0, semitones / 24)
    return np.array([(pitch_class, strength**2) for pitch_class, strength in strengths.items()])


@compiled
def _profiles(spectra: Block, weights: Block, bands: NDArray[np.int64], harmonics: Block) -> Block:
    """From spectra, shape (frames, 2 · bins), real and imaginary parts in turn, to profiles, shape (frames, 12)."""
    profiles = np.zeros((len(spectra), _SIZE), np.float32)
    energies = np.empty(weights.shape[1], np.float32)
    frequencies = np.empty(energies.size)
    magnitudes = np.empty(energies.size)
    envelope = np.empty(len(bands))
    for frame in range(len(spectra)):
        power_spectrum(spectra[frame], energies)
        spectrum = np.sqrt(energies)
        count = find_peaks(spectrum, _HERTZ_PER_BIN, _LOWEST, _HIGHEST, _THRESHOLD, frequencies, magnitudes)
        if not count:
            continue
        _find_envelope(energies, weights, bands, envelope)
        for peak in range(keep_loudest(count, _MOST_PEAKS, frequencies, magnitudes)):
            amplitude = _whitened(frequencies[peak], 20 * np.log10(magnitudes[peak]), envelope)
            pitch = 12 * np.log2(frequencies[peak] / _REFERENCE)
            for harmonic in range(len(harmonics)):
                place = pitch - harmonics[harmonic, 0]
                nearest = np.floor(place + 0.5)
                weight = np.cos(np.pi * (place - nearest)) * harmonics[harmonic, 1]
                profiles[frame, int(nearest) % _SIZE] += weight * amplitude * amplitude
    return profiles


@compiled
def _find_envelope(energies: Block, weights: Block, bands: NDArray[np.int64], envelope: Block) -> None:
    """The envelope in dB: around each of its points energies are averaged, with themselves as weights, too."""
    for point in range(len(bands) - 1):
        norm = total = np.float32(0)
        for k in range(bands[point, 0], bands[point, 1]):
            weighted = weights[point, k] * energies[k]
            norm += weighted
            total += weighted * energies[k]
        average = total / norm if norm > 0 else np.float32(0)
        envelope[point] = 10 * np.log10(max(float(average), _SILENCE))
    envelope[-1] = envelope[-2]


@compiled
def _whitened(frequency: float, level: float, envelope: Block) -> float:
    """The amplitude of a peak relative to the envelope, falling by 5 dB per kHz."""
    point = int(frequency / _ENVELOPE_STEP)
    share = frequency / _ENVELOPE_STEP - point
    around = envelope[point] + share * (envelope[point + 1] - envelope[point])
    if level > around:
        white = 0.0
    elif level > around - 30:
        white = level - around
    else:
        white = -200.0
    white -= 20 * frequency / 4000
    return 10 ** (white / 20)
