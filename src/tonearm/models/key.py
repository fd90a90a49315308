from __future__ import annotations

import numpy as np

from tonearm.algorithms.key_profiles import BGATE, PITCH_CLASSES, likeliest_keys
from tonearm.features import Block, Feature, Hpcp
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity
from tonearm.results.certainty import CERTAIN_STRENGTH

_GATE = 0.2


class KeyResult(Result):
    key: tuple[str] = quantity("pitch class", "tonic, one of A Bb B C C# D Eb E F F# G Ab")
    scale: tuple[str] = quantity("mode", "major or minor")
    strength: tuple[float] = quantity(
        "1", "correlation of the track's chroma with the key's profile, at most 1", low=-1, high=1
    )


class KeyModel(Model[Parameters]):
    name = "key"
    aliases = ("key_essentia",)
    title = "Key"
    group = "key and harmony"
    description = (
        "The key that the whole track is in: Essentia's KeyExtractor with its default settings, profile bgate. "
        "The chroma is gathered while the audio arrives; its mean is compared with the profiles of 24 keys. "
        f"Below a strength of {CERTAIN_STRENGTH:g} the key is uncertain: speech, noise and single tones have one too."
    )
    citation = (
        "Á. Faraldo, S. Jordà, P. Herrera: A multi-profile method for key estimation in EDM. "
        "AES International Conference on Semantic Audio, 2017."
    )
    licence = "AGPL-3.0-or-later"
    result = KeyResult
    features = (Hpcp(),)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._sum = np.zeros(12)
        self._frames = 0

    def feed(self, feature: Feature, block: Block) -> None:
        self._sum += block.sum(axis=0, dtype=np.float64)
        self._frames += len(block)

    def finish(self) -> KeyResult:
        chroma = (self._sum / self._frames).astype(np.float32)
        highest = chroma.max()
        if highest > 0:
            chroma /= highest
        chroma[chroma < _GATE] = 0
        (key,), (strength,) = likeliest_keys(chroma[None], BGATE)
        scale = "minor" if key >= 12 else "major"
        return KeyResult(key=(PITCH_CLASSES[key % 12],), scale=(scale,), strength=(float(strength),))
