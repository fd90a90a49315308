"""How much of each quarter tone constant-Q spectra have."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.compiled import compiled

SIZE = 24
"""Quarter tones in an octave."""
_COMPRESSION = np.float32(10)
_E = 7
"""The semitones that E is above A."""

Floats = NDArray[np.floating]


@compiled
def quarter_tones(spectra: Floats, thresholds: Floats) -> NDArray[np.float32]:
    """From magnitudes, shape (frames, bins), 24 bins an octave from E upwards, to shape (frames, 24), from E upwards.

    A frame is divided by its largest magnitude and compressed, log(1 + 10 x): what sounds together counts, not how loud
    it is. A frame whose magnitudes are all below the thresholds of their bins, shape (bins,), is zero.
    """
    found = np.zeros((len(spectra), SIZE), np.float32)
    for frame in range(len(spectra)):
        if not (spectra[frame] > thresholds).any():
            continue
        scale = _COMPRESSION / spectra[frame].max()
        for row in range(spectra.shape[1]):
            found[frame, row % SIZE] += np.log1p(scale * spectra[frame, row])
    return found


def chroma(quarters: Floats, cents: float) -> NDArray[np.float64]:
    """The pitch classes of music tuned to so many cents above A4 = 440 Hz, -50 to 50, linearly between quarter tones.

    Takes shape (..., 24), from E upwards, and returns (..., 12), from A upwards.
    """
    places = np.arange(0, SIZE, 2) + cents / 50
    below = np.floor(places).astype(int)
    share = places - below
    tuned = (1 - share) * quarters[..., below % SIZE] + share * quarters[..., (below + 1) % SIZE]
    return np.asarray(np.roll(tuned, _E, axis=-1), np.float64)
