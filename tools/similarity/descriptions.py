"""What `embedding:1` hears of a sound, before the weights."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonearm.audio.decode import Decoder
from tonearm.audio.pcm import PcmFormat
from tonearm.features import Block, Extractor
from tonearm.features.constant_q import KEYCNN_CQT
from tonearm.features.mel import SIMILARITY_MEL
from tonearm.features.mono import Mono
from tonearm.model import Parameters
from tonearm.models.embedding import Embedding
from tonearm.protocol.caps import Caps

_RATE = SIMILARITY_MEL.rate
_LEAST_SECONDS = 6
Description = NDArray[np.float64]


@dataclass(frozen=True)
class Heard:
    """The features of a sound, each by the time of its frames."""

    format: PcmFormat
    bands: Block
    tones: Block

    def whole(self) -> Description | None:
        return self.part(0, len(self.bands) * SIMILARITY_MEL.hop / _RATE)

    def parts(self, seconds: float) -> list[Description]:
        """One after another, as many as there are."""
        count = int(len(self.bands) * SIMILARITY_MEL.hop / _RATE / seconds)
        found = [self.part(place * seconds, (place + 1) * seconds) for place in range(count)]
        return [part for part in found if part is not None]

    def part(self, begin: float, end: float) -> Description | None:
        """Between two times in seconds; None for silence, or less than 6 s."""
        if end - begin < _LEAST_SECONDS:
            return None
        model = Embedding(self.format, Parameters())
        for feature, frames in ((SIMILARITY_MEL, self.bands), (KEYCNN_CQT, self.tones)):
            model.feed(feature, frames[round(begin * _RATE / feature.hop) : round(end * _RATE / feature.hop)])
        return None if model.lack() else model.statistics()


def heard(data: bytes, longest: float) -> Heard:
    """Of the first `longest` seconds of a file."""
    decoder = Decoder(io.BytesIO(data).read, Caps())
    decoder.recognise()
    extractors: list[Extractor] = [each.extractor(decoder.format) for each in (SIMILARITY_MEL, KEYCNN_CQT)]
    mono = Mono(_RATE).extractor(decoder.format)
    found: list[list[Block]] = [[], []]
    samples = 0
    for block in decoder.blocks():
        mixed = mono.feed(block)
        samples += len(mixed)
        for extractor, frames in zip(extractors, found, strict=True):
            frames.append(extractor.feed(mixed))
        if samples >= longest * _RATE:
            break
    rest = mono.finish()
    for extractor, frames in zip(extractors, found, strict=True):
        frames += [extractor.feed(rest), extractor.finish()]
    bands, tones = (np.concatenate(frames) for frames in found)
    return Heard(decoder.format, bands, tones)
