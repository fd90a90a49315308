"""TempoCNN's answers: how likely each tempo is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from tonearm.audio.pcm import PcmFormat
from tonearm.features import Block, Extractor, Feature
from tonearm.features.mel import LIBROSA_TEMPOCNN_MEL
from tonearm.networks.free.installed import session
from tonearm.networks.windows import Windows, standardised

TempoNetworkName = Literal["deeptemp_k8", "shallowtemp_k2", "deeptemp_k24"]
TEMPO_NETWORKS: tuple[TempoNetworkName, ...] = get_args(TempoNetworkName)

CLASSES = 256
FRAMES, HOP = 256, 128
HOP_SECONDS = HOP * LIBROSA_TEMPOCNN_MEL.hop / LIBROSA_TEMPOCNN_MEL.rate


@dataclass(frozen=True)
class TempoClasses(Feature):
    """float32, shape (windows, 256): the probabilities of 30 to 285 bpm in each 11.9 s, one window each 5.9 s.

    Audio shorter than 24 s is heard as a loop of that length. `extractor` raises PackError if the network is not
    installed.

    H. Schreiber, M. Müller: Musical tempo and key estimation using convolutional neural networks with directional
    filters. SMC 2019. Each window is standardised by itself and not with all others, which the authors do; over 213
    songs that makes no difference.
    """

    network: TempoNetworkName

    @property
    def source(self) -> Feature:
        return LIBROSA_TEMPOCNN_MEL

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Classes(self.network)


class _Classes(Extractor):
    def __init__(self, network: TempoNetworkName) -> None:
        self._session = session(network)
        self._windows = Windows(FRAMES, HOP, LIBROSA_TEMPOCNN_MEL.bands)

    def feed(self, block: Block) -> Block:
        self._windows.add(block)
        return self._answer(self._windows.ready)

    def finish(self) -> Block:
        return np.empty((0, CLASSES), np.float32)

    def _answer(self, count: int) -> Block:
        if not count:
            return np.empty((0, CLASSES), np.float32)
        (found,) = self._session.run(None, {"windows": standardised(self._windows.take(count))})
        return np.asarray(found, np.float32)
