"""Descriptors of the spectral shape, as Essentia computes them, in batches of frames.

G. Peeters: A large set of audio features for sound description (similarity and classification) in the CUIDADO project.
CUIDADO I.S.T. Project Report, 2004. The cepstrum is the MFCC-FB40 of T. Ganchev, N. Fakotakis, G. Kokkinakis:
Comparative evaluation of various MFCC implementations on the speaker verification task. SPECOM, 2005.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled_strictly
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.spectra import RATE, Spectra

FRAME = 2048
COEFFICIENTS = 13
_CUTOFF = np.float32(0.85)
_BANDS = 40
_HIGHEST = 11_000.0
_SILENCE = np.float32(1e-10)


@dataclass(frozen=True)
class Timbre(Feature):
    """float32, shape (frames, 16): centroid in Hz, roll-off (85 %) in Hz, flatness, 13 MFCC in dB.

    Of magnitude spectra of Hann frames of 2048 samples, hop size 1024, at 44.1 kHz. Zero for digital silence, but for
    the first coefficient. Essentia's Centroid, RollOff, Flatness and MFCC with their default settings.
    """

    @property
    def source(self) -> Feature:
        return Spectra(FRAME, FRAME // 2, "hann")

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Descriptors()


class _Descriptors(Extractor):
    def __init__(self) -> None:
        self._triangles = _mel_triangles()
        self._cosines = scipy.fft.dct(np.eye(_BANDS), norm="ortho", axis=0)[:COEFFICIENTS].T.astype(np.float32)

    def feed(self, block: Block) -> Block:
        levels, shape = _describe(block, self._triangles)
        return np.concatenate((shape, levels @ self._cosines), axis=1)

    def finish(self) -> Block:
        return np.empty((0, 3 + COEFFICIENTS), np.float32)


def _mel_triangles() -> Block:
    """The weight of each bin in each of 40 bands from 0 to 11 kHz, of sum 1, straight over HTK's mel: (bands, bins)."""
    mel = 2595 * np.log10(np.arange(FRAME // 2 + 1) * RATE / FRAME / 700 + 1)
    edges = np.linspace(0, 2595 * np.log10(_HIGHEST / 700 + 1), _BANDS + 2)[:, None]
    rising = (mel - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - mel) / (edges[2:] - edges[1:-1])
    weights = np.maximum(0, np.minimum(rising, falling))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


@compiled_strictly
def _describe(spectra: Block, triangles: Block) -> tuple[Block, Block]:
    """Levels of the mel bands in dB, shape (frames, bands), and centroid, roll-off and flatness, shape (frames, 3)."""
    frames, bins = spectra.shape
    hertz = np.float32(RATE / 2 / (bins - 1))
    first, last = _extents(triangles)
    levels = np.empty((frames, len(triangles)), np.float32)
    shape = np.zeros((frames, 3), np.float32)
    powers = np.empty(bins, np.float32)
    for frame in range(frames):
        spectrum = spectra[frame]
        weight, moment, energy, logarithm = _sums(spectrum, powers)
        if weight > 0:
            shape[frame, 0] = moment / weight * hertz
            shape[frame, 1] = _rank(powers, _CUTOFF * energy) * hertz
            shape[frame, 2] = np.exp(logarithm / bins) / (weight / bins)
        for band in range(len(triangles)):
            power = np.float32(0)
            for k in range(first[band], last[band]):
                power += powers[k] * triangles[band, k]
            levels[frame, band] = 20 * np.log10(max(power, _SILENCE))
    return levels, shape


@compiled_strictly
def _extents(triangles: Block) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First bin and one past the last bin of each band."""
    first = np.empty(len(triangles), np.int64)
    last = np.empty(len(triangles), np.int64)
    for band in range(len(triangles)):
        inside = np.flatnonzero(triangles[band])
        first[band], last[band] = inside[0], inside[-1] + 1
    return first, last


@compiled_strictly
def _sums(spectrum: Block, powers: Block) -> tuple[float, float, np.float32, float]:
    """The sums of magnitudes, of bin times magnitude, of powers and of the logarithms of magnitudes.

    Powers are written to `powers` and summed in single precision, in which Essentia seeks the roll-off. The logarithm
    is of four magnitudes at once, which no double is too small for; it is minus infinity where one of them is zero.
    """
    weight = moment = logarithm = 0.0
    energy = np.float32(0)
    product = 1.0
    for k in range(spectrum.size):
        magnitude = spectrum[k]
        powers[k] = magnitude * magnitude
        energy += powers[k]
        weight += magnitude
        moment += k * np.float64(magnitude)
        product *= magnitude
        if k % 4 == 3:
            logarithm += np.log(product)
            product = 1.0
    return weight, moment, energy, logarithm + np.log(product)


@compiled_strictly
def _rank(powers: Block, sought: np.float32) -> int:
    """The first bin up to which the powers add up to what is sought."""
    total = np.float32(0)
    for k in range(powers.size):
        total += powers[k]
        if total >= sought:
            return k
    return 0
