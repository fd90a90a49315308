"""The base of models that can only compute from the whole signal."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from tonearm.audio.pcm import PcmFormat
from tonearm.errors import ModelError
from tonearm.features import ANALYSIS_RATE, Block, Feature, Mono
from tonearm.model import Model, P, Result

SILENCE = 1e-10
"""Mean square below which Essentia calls a signal silent: -100 dB."""


class WholeSignal(Model[P]):
    """Collects the track in mono at 44.1 kHz, at most `longest` minutes of it, and computes at its end.

    The limit keeps the computation at the end well below the time that a model may take (TONEARM_MODEL_SECONDS), and
    bounds the memory: 10 MiB per minute, and twice as much again while Essentia computes.
    """

    longest: ClassVar[int]
    features = (Mono(ANALYSIS_RATE),)

    def __init__(self, pcm_format: PcmFormat, given: P) -> None:
        super().__init__(pcm_format, given)
        self._blocks: list[Block] = []
        self._samples = 0

    def feed(self, feature: Feature, block: Block) -> None:
        """Raises ModelError if the signal is longer than `longest` minutes."""
        self._samples += len(block)
        check_length(self.title, self._samples, self.longest, self._blocks)
        self._blocks.append(block)

    def finish(self) -> Result:
        signal = np.empty(self._samples, np.float32)
        end = len(signal)
        while self._blocks:
            block = self._blocks.pop()
            signal[end - len(block) : end] = block
            end -= len(block)
        return self.analyse(signal)

    @abstractmethod
    def analyse(self, signal: Block) -> Result:
        """The result for the whole signal: float32, shape (n,), mono at 44.1 kHz, full scale at ±1, perhaps empty."""


def check_length(title: str, samples: int, longest: int, *held: list[Block]) -> None:
    """Raises ModelError, and empties the lists in `held`, if there are more `samples` than `longest` minutes have."""
    if samples > longest * 60 * ANALYSIS_RATE:
        for values in held:
            values.clear()
        raise ModelError(f"{title}: this is computed for at most {longest} minutes of audio, and here are more.")


def is_silent(signal: Block) -> bool:
    """Whether there is nothing to hear in the signal, as Essentia judges it."""
    return not len(signal) or float(np.square(signal, dtype=np.float64).mean()) < SILENCE
