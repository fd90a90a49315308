"""BeatNet's answers: where beats and downbeats are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tonearm.audio.pcm import PcmFormat
from tonearm.features import Block, Extractor, Feature
from tonearm.features.rising_bands import BEATNET_BANDS
from tonearm.networks.free.installed import session

BeatNetworkName = Literal["beatnet_1", "beatnet_2", "beatnet_3"]

RATE = BEATNET_BANDS.rate / BEATNET_BANDS.hop
"""Frames a second."""
CLASSES = 3
_CELLS = 150
_STATE = ("h0", "c0", "h1", "c1")


@dataclass(frozen=True)
class BeatActivations(Feature):
    """float32, shape (frames, 3): the probabilities of a beat that is no downbeat, of a downbeat, and of neither.

    50 frames a second, frame i centred at 0.02 · i s. The network has heard nothing after it: its state goes from one
    block to the next. It was trained without GTZAN (1), without Ballroom (2), or without Rock Corpus (3). `extractor`
    raises PackError if it is not installed.

    M. Heydari, F. Cwitkowitz, Z. Duan: BeatNet: CRNN and particle filtering for online joint beat downbeat and meter
    tracking. ISMIR 2021.
    """

    network: BeatNetworkName

    @property
    def source(self) -> Feature:
        return BEATNET_BANDS

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Activations(self.network)


class _Activations(Extractor):
    def __init__(self, network: BeatNetworkName) -> None:
        self._session = session(network)
        self._state = dict.fromkeys(_STATE, np.zeros((1, 1, _CELLS), np.float32))

    def feed(self, block: Block) -> Block:
        after = [f"{name}_after" for name in _STATE]
        beats, *state = self._session.run(["beats", *after], {"frames": block, **self._state})
        self._state = dict(zip(_STATE, state, strict=True))
        return np.asarray(beats, np.float32)

    def finish(self) -> Block:
        return np.empty((0, CLASSES), np.float32)
