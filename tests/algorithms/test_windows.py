from __future__ import annotations

import numpy as np
import pytest

from tonearm.algorithms.windows import blackman_harris_62, hann, normalised

WINDOWS = {"hann": hann, "blackmanharris62": blackman_harris_62}


@pytest.mark.parametrize("size", [1024, 2048, 4096])
@pytest.mark.parametrize("name", WINDOWS)
def test_every_bit_is_essentias(name: str, size: int) -> None:
    import essentia.standard as es

    expected = es.Windowing(type=name, size=size, zeroPhase=False)(np.ones(size, np.float32))
    np.testing.assert_array_equal(normalised(WINDOWS[name](size)), expected)
