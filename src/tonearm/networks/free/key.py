"""Key-CNN's answers: how likely each key is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tonearm.audio.pcm import PcmFormat
from tonearm.features import Block, Extractor, Feature
from tonearm.features.constant_q import KEYCNN_CQT
from tonearm.networks.free.installed import session
from tonearm.networks.windows import Windows, standardised

KeyNetworkName = Literal["winterreise_v_fold0", "winterreise_v_fold1"]

CLASSES = 24
FRAMES, HOP = 60, 30


@dataclass(frozen=True)
class KeyClasses(Feature):
    """float32, shape (windows, 24): the probabilities of C to B major, then C to B minor, in each 11 s, one each 5.6 s.

    Audio shorter than a window stands before zeros, as the authors have it. `extractor` raises PackError if the network
    is not installed.

    H. Schreiber, C. Weiß, M. Müller: Local key estimation in classical music recordings. ICASSP 2020. Each window is
    standardised by itself and not with all others, which the authors do; of 49 recordings, it changed the key of one.
    """

    network: KeyNetworkName

    @property
    def source(self) -> Feature:
        return KEYCNN_CQT

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Classes(self.network)


class _Classes(Extractor):
    def __init__(self, network: KeyNetworkName) -> None:
        self._session = session(network)
        self._windows = Windows(FRAMES, HOP, KEYCNN_CQT.bins)
        self._answered = False

    def feed(self, block: Block) -> Block:
        self._windows.add(block)
        return self._answer(self._windows.ready)

    def finish(self) -> Block:
        rest = len(self._windows.rest)
        if rest and not self._answered:
            self._windows.add(np.zeros((FRAMES - rest, KEYCNN_CQT.bins), np.float32))
        return self._answer(self._windows.ready)

    def _answer(self, count: int) -> Block:
        if not count:
            return np.empty((0, CLASSES), np.float32)
        self._answered = True
        (found,) = self._session.run(None, {"windows": standardised(self._windows.take(count))})
        return np.asarray(found, np.float32)
