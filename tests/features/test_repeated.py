from __future__ import annotations

import numpy as np
import pytest

from tonearm.audio.pcm import PcmFormat
from tonearm.features.repeated import Repeated

FORM = PcmFormat(100, ("FC",))


@pytest.mark.parametrize(
    ("samples", "expected"), [(0, 0), (1, 200), (3, 200), (150, 200), (199, 200), (200, 200), (201, 201), (950, 950)]
)
def test_short_audio_is_followed_by_itself(samples: int, expected: int) -> None:
    signal = np.arange(samples, dtype=np.float32)
    extractor = Repeated(100, 2).extractor(FORM)
    found = np.concatenate([*(extractor.feed(part) for part in np.array_split(signal, 7)), extractor.finish()])
    np.testing.assert_array_equal(found, [place % samples for place in range(expected)])
