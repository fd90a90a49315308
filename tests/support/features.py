"""Features of a mono signal, with what they are built on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonearm.audio.pcm import PcmFormat
from tonearm.features import DecodedPcm, Feature

_FORM = PcmFormat(44_100, ("FC",))


def values_of(feature: Feature, signal: NDArray[np.float32], block: int = 65_536) -> NDArray[Any]:
    """All values of a feature for a signal at 44.1 kHz, shape (n,), fed in blocks of so many samples."""
    chain = [feature.extractor(_FORM)]
    source = feature.source
    while source is not None and not isinstance(source, DecodedPcm):
        chain.insert(0, source.extractor(_FORM))
        source = source.source
    found = []
    blocks = [signal[None, start : start + block] for start in range(0, len(signal), block)]
    for values in blocks:
        for extractor in chain:
            values = extractor.feed(values)
        found.append(values)
    for index, extractor in enumerate(chain):
        values = extractor.finish()
        for following in chain[index + 1 :]:
            values = following.feed(values)
        found.append(values)
    return np.concatenate(found)
