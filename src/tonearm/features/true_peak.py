"""Sample peak and true peak of every channel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.algorithms.compiled import compiled
from tonearm.algorithms.windows import hann
from tonearm.audio.pcm import PcmFormat
from tonearm.features.decoded_pcm import DecodedPcm
from tonearm.features.feature import Block, Extractor, Feature

_TAPS = 49
_RUN = 256


@dataclass(frozen=True)
class TruePeaks(Feature):
    """float32, shape (blocks, 2, channels): highest absolute sample and true peak so far, linear, full scale being 1.

    True peak by ITU-R BS.1770-4, Annex 2: the signal is oversampled four times (twice from 96 kHz, not from 192 kHz)
    by a Hann-windowed sinc of 49 taps, the interpolator libebur128 uses.
    """

    @property
    def source(self) -> Feature:
        return DecodedPcm()

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _PeakMeter(pcm_format)


class _PeakMeter(Extractor):
    def __init__(self, pcm_format: PcmFormat) -> None:
        factor = 4 if pcm_format.rate < 96_000 else 2 if pcm_format.rate < 192_000 else 1
        self._phases = interpolator(factor)
        # A sample between two others is at most this many times the largest one its filter sees.
        self._gain = float(np.abs(self._phases).sum(axis=1).max(initial=0))
        self._history = np.zeros((len(pcm_format.channels), self._phases.shape[1] - 1), np.float32)
        self._peaks = np.zeros((2, len(pcm_format.channels)), np.float32)

    def feed(self, block: Block) -> Block:
        self._measure(block)
        return self._peaks[None].copy()

    def finish(self) -> Block:
        self._measure(np.zeros_like(self._history))
        return self._peaks[None]

    def _measure(self, block: Block) -> None:
        for channel, samples in enumerate(block):
            sample_peak = np.abs(samples).max(initial=0)
            self._peaks[0, channel] = max(self._peaks[0, channel], sample_peak)
            highest = float(max(self._peaks[1, channel], sample_peak))
            signal = np.concatenate((self._history[channel], samples))
            self._peaks[1, channel] = _true_peak(signal, self._phases, self._gain, highest)
            self._history[channel] = signal[len(signal) - self._history.shape[1] :]


def interpolator(factor: int) -> Block:
    """The filters of the phases between two samples: float32, shape (factor - 1, taps per phase), dimensionless."""
    index = np.arange(_TAPS)
    centre = (_TAPS - 1) // 2
    taps = np.sinc((index - centre) / factor) * hann(_TAPS)
    length = -(-_TAPS // factor) - 1 if factor > 1 else 1
    return np.array([taps[phase::factor][:length] for phase in range(1, factor)], np.float32).reshape(-1, length)


@compiled
def _true_peak(signal: Block, phases: Block, gain: float, highest: float) -> float:
    """The largest absolute value between the samples, or `highest` if that is larger.

    Runs whose samples are too small to reach `highest` after the filter's largest gain are passed over.
    """
    count, taps = phases.shape
    between = np.empty(_RUN, np.float32)
    for start in range(0, signal.size - taps + 1, _RUN):
        length = min(_RUN, signal.size - taps + 1 - start)
        largest = np.float32(0)
        for i in range(start, start + length + taps - 1):
            largest = max(largest, abs(signal[i]))
        if largest * gain <= highest:
            continue
        for phase in range(count):
            between[:length] = 0
            for tap in range(taps):
                weight = phases[phase, taps - 1 - tap]
                for i in range(length):
                    between[i] += weight * signal[start + i + tap]
            for i in range(length):
                highest = max(highest, abs(between[i]))
    return highest
