"""Silero VAD's answers: how likely it is that somebody speaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tonearm.audio.pcm import PcmFormat
from tonearm.features import Block, Extractor, Feature, Mono
from tonearm.networks.free.installed import session

RATE = 16_000
FRAME = 512
"""Samples between two probabilities."""
_CONTEXT = 64
"""Samples of the frame before, which stand in front of each; zeros in front of the first one."""
_CELLS = 128


@dataclass(frozen=True)
class SpeechProbabilities(Feature):
    """float32, shape (frames,): the probability of speech in each 32 ms, the last of them followed by zeros.

    The network has heard nothing after a frame: its state goes from one to the next. `extractor` raises PackError if it
    is not installed.

    Silero Team: Silero VAD 6.2.3. https://github.com/snakers4/silero-vad
    """

    @property
    def source(self) -> Feature:
        return Mono(RATE)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Frames()


class _Frames(Extractor):
    def __init__(self) -> None:
        self._session = session("silero")
        self._pending = np.zeros(_CONTEXT, np.float32)
        self._hidden = self._cell = np.zeros((1, 1, _CELLS), np.float32)

    def feed(self, block: Block) -> Block:
        self._pending = np.concatenate((self._pending, block))
        count = (len(self._pending) - _CONTEXT) // FRAME
        if not count:
            return np.empty(0, np.float32)
        frames = sliding_window_view(self._pending, _CONTEXT + FRAME)[::FRAME]
        self._pending = self._pending[count * FRAME :]
        given = {"input": np.ascontiguousarray(frames), "h": self._hidden, "c": self._cell}
        found, self._hidden, self._cell = self._session.run(["speech_probs", "hn", "cn"], given)
        return np.asarray(found, np.float32).ravel()

    def finish(self) -> Block:
        rest = len(self._pending) - _CONTEXT
        return self.feed(np.zeros(FRAME - rest if rest else 0, np.float32))
