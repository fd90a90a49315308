"""Descriptors of the spectral shape, as Essentia computes them, in batches of frames.

G. Peeters: A large set of audio features for sound description (similarity and classification) in the CUIDADO project.
CUIDADO I.S.T. Project Report, 2004. The cepstrum is the MFCC-FB40 of T. Ganchev, N. Fakotakis, G. Kokkinakis:
Comparative evaluation of various MFCC implementations on the speaker verification task. SPECOM, 2005.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled_strictly
from tonearm.algorithms.cosine_transform import cosines
from tonearm.algorithms.mel import band_extents, mel_filterbank
from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.audio.pcm import PcmFormat
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.spectra import Spectra

_FRAME = 2048
_COEFFICIENTS = 13
_CUTOFF = np.float32(0.85)
_BANDS = 40
_HIGHEST = 11_000.0
_SILENCE = np.float32(1e-10)


@dataclass(frozen=True)
class Timbre(Feature):
    """float32, shape (frames, 16): centroid in Hz, roll-off (85 %) in Hz, flatness, 13 MFCC in dB.

    Of magnitude spectra of Hann frames of 2048 samples, hop size 1024, at 44.1 kHz. Zero for digital silence, except
    the first coefficient. Essentia's Centroid, RollOff, Flatness and MFCC with their default settings.
    """

    @property
    def source(self) -> Feature:
        return Spectra(_FRAME, _FRAME // 2, "hann")

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Descriptors()


class _Descriptors(Extractor):
    def __init__(self) -> None:
        self._filterbank = mel_filterbank(
            rate=ANALYSIS_RATE, fft=_FRAME, bands=_BANDS, low=0, high=_HIGHEST, scale="htk", normalisation="sum"
        )
        self._extents = band_extents(self._filterbank)
        self._cosines = cosines(_BANDS, _COEFFICIENTS).T.astype(np.float32)

    def feed(self, block: Block) -> Block:
        levels, shape = _describe(block, self._filterbank, self._extents)
        return np.concatenate((shape, levels @ self._cosines), axis=1)

    def finish(self) -> Block:
        return np.empty((0, 3 + _COEFFICIENTS), np.float32)


@compiled_strictly
def _describe(spectra: Block, filterbank: Block, extents: NDArray[np.int64]) -> tuple[Block, Block]:
    """Levels of the mel bands in dB, shape (frames, bands), and centroid, roll-off and flatness, shape (frames, 3)."""
    frames, bins = spectra.shape
    hertz = np.float32(ANALYSIS_RATE / 2 / (bins - 1))
    levels = np.empty((frames, len(filterbank)), np.float32)
    shape = np.zeros((frames, 3), np.float32)
    powers = np.empty(bins, np.float32)
    for frame in range(frames):
        spectrum = spectra[frame]
        weight, moment, energy, logarithm = _sums(spectrum, powers)
        if weight > 0:
            shape[frame, 0] = moment / weight * hertz
            shape[frame, 1] = _rank(powers, _CUTOFF * energy) * hertz
            shape[frame, 2] = np.exp(logarithm / bins) / (weight / bins)
        for band in range(len(filterbank)):
            power = np.float32(0)
            for k in range(extents[band, 0], extents[band, 1]):
                power += powers[k] * filterbank[band, k]
            levels[frame, band] = 20 * np.log10(max(power, _SILENCE))
    return levels, shape


@compiled_strictly
def _sums(spectrum: Block, powers: Block) -> tuple[float, float, np.float32, float]:
    """The sums of magnitudes, of bin times magnitude, of powers and of the logarithms of magnitudes.

    Powers are written to `powers` and summed in single precision, in which Essentia seeks the roll-off. The logarithm
    is of four magnitudes at once, which no double is too small for; it is minus infinity if one of them is zero.
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
