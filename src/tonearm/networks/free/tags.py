"""MusiCNN's answers: tags and an embedding for each three seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tonearm.audio.pcm import PcmFormat
from tonearm.features import Block, Extractor, Feature
from tonearm.features.mel import LIBROSA_MUSICNN_MEL
from tonearm.networks.free.installed import session
from tonearm.networks.windows import Windows

TagNetworkName = Literal["musicnn_msd", "musicnn_mtt"]

FRAMES = 187
SECONDS = (FRAMES - 1) * LIBROSA_MUSICNN_MEL.hop / LIBROSA_MUSICNN_MEL.rate
"""Duration of the shortest audio that fills a patch."""
TAGS, EMBEDDING = slice(0, 50), slice(50, 250)
"""Columns of the output."""

MSD_LABELS = (
    *("rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s", "alternative rock"),
    *("jazz", "beautiful", "metal", "chillout", "male vocalists", "classic rock", "soul", "indie rock", "Mellow"),
    *("electronica", "80s", "folk", "90s", "chill", "instrumental", "punk", "oldies", "blues", "hard rock", "ambient"),
    *("acoustic", "experimental", "female vocalist", "guitar", "Hip-Hop", "70s", "party", "country"),
    *("easy listening", "sexy", "catchy", "funk", "electro", "heavy metal", "Progressive rock", "60s", "rnb"),
    *("indie pop", "sad", "House", "happy"),
)
"""Of the Million Song Dataset."""
MTT_LABELS = (
    *("guitar", "classical", "slow", "techno", "strings", "drums", "electronic", "rock", "fast", "piano", "ambient"),
    *("beat", "violin", "vocal", "synth", "female", "indian", "opera", "male", "singing", "vocals", "no vocals"),
    *("harpsichord", "loud", "quiet", "flute", "woman", "male vocal", "no vocal", "pop", "soft", "sitar", "solo"),
    *("man", "classic", "choir", "voice", "new age", "dance", "male voice", "female vocal", "beats", "harp", "cello"),
    *("no voice", "weird", "country", "metal", "female voice", "choral"),
)
"""Of MagnaTagATune."""


@dataclass(frozen=True)
class MusicnnOutput(Feature):
    """float32, shape (patches, 250): 50 probabilities of tags, and an embedding of 200 dimensionless values.

    Patches of 3 s follow one another, as in the authors' package; what is left at the end is too short for one. The
    embedding is what the second last layer gives before its ReLU, as in MTG's msd-musicnn-1, whose weights are those of
    musicnn_msd. `extractor` raises PackError if the network is not installed.

    J. Pons, X. Serra: musicnn: pre-trained convolutional neural networks for music audio tagging. ISMIR 2019.
    """

    network: TagNetworkName

    @property
    def source(self) -> Feature:
        return LIBROSA_MUSICNN_MEL

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Patches(self.network)


class _Patches(Extractor):
    def __init__(self, network: TagNetworkName) -> None:
        self._session = session(network)
        self._windows = Windows(FRAMES, FRAMES, LIBROSA_MUSICNN_MEL.bands)

    def feed(self, block: Block) -> Block:
        self._windows.add(block)
        patches = self._windows.take(self._windows.ready).transpose(0, 2, 1)
        # One by one: more do not fit the cache.
        found = [np.hstack(self._session.run(["tags", "embedding"], {"mel": patch[None].copy()})) for patch in patches]
        return np.concatenate([self.finish(), *found])

    def finish(self) -> Block:
        return np.empty((0, EMBEDDING.stop), np.float32)
