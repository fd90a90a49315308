from __future__ import annotations

import numpy as np

from tonearm.errors import ModelError
from tonearm.features import ANALYSIS_RATE, Block, Feature, Timbre
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity


class SpectralSummaryResult(Result):
    centroid_mean: float = quantity("Hz", "mean of the spectral centroid", low=0, high=ANALYSIS_RATE // 2)
    centroid_variance: float = quantity("Hz²", "variance of the spectral centroid", low=0)
    rolloff_mean: float = quantity(
        "Hz", "mean of the frequency below which 85 % of the energy is", low=0, high=ANALYSIS_RATE // 2
    )
    rolloff_variance: float = quantity("Hz²", "variance of the frequency below which 85 % of the energy is", low=0)
    flatness_mean: float = quantity(
        "1", "mean of the spectral flatness: 0 for a tone, 1 for white noise", low=0, high=1
    )
    flatness_variance: float = quantity("1", "variance of the spectral flatness", low=0)
    mfcc_mean: list[float] = quantity("dB", "means of 13 mel-frequency cepstral coefficients")
    mfcc_variance: list[float] = quantity("dB²", "variances of 13 mel-frequency cepstral coefficients", low=0)


class SpectralSummary(Model[Parameters]):
    name = "spectral_summary"
    title = "Timbre in numbers"
    group = "sound"
    description = (
        "Mean and variance over all frames, silent ones included, of the spectral centroid, roll-off, flatness and 13 "
        "MFCC (40 mel bands to 11 kHz), as Essentia's Centroid, RollOff, Flatness and MFCC give them for magnitude "
        "spectra of Hann frames of 2048 samples, hop size 1024, of the mean of the channels at 44.1 kHz."
    )
    citation = (
        "G. Peeters: A large set of audio features for sound description (similarity and classification) in the "
        "CUIDADO project. CUIDADO I.S.T. Project Report, 2004."
    )
    licence = "AGPL-3.0-or-later"
    result = SpectralSummaryResult
    features = (Timbre(),)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._frames = 0
        self._sum: Block = np.zeros(1)
        self._squares: Block = np.zeros(1)

    def feed(self, feature: Feature, block: Block) -> None:
        values = block.astype(np.float64)
        self._frames += len(values)
        self._sum = self._sum + values.sum(axis=0)
        self._squares = self._squares + np.square(values).sum(axis=0)

    def finish(self) -> SpectralSummaryResult:
        """Raises ModelError if there is no sample of audio."""
        if not self._frames:
            raise ModelError("There is no sample of audio to describe.")
        mean = self._sum / self._frames
        variance = np.maximum(0, self._squares / self._frames - mean**2)
        return SpectralSummaryResult(
            centroid_mean=mean[0],
            centroid_variance=variance[0],
            rolloff_mean=mean[1],
            rolloff_variance=variance[1],
            flatness_mean=mean[2],
            flatness_variance=variance[2],
            mfcc_mean=mean[3:].tolist(),
            mfcc_variance=variance[3:].tolist(),
        )
