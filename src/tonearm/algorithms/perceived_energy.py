"""How energetic music is perceived: loud, bright and busy.

Ratings of energy, or arousal, rise with loudness most of all, then with brightness and with how much happens: E.
Schubert: Modeling perceived emotion with continuous musical features. Music Perception 21(4), 2004; A. Gabrielsson, E.
Lindström: The role of structure in the musical expression of emotions. Handbook of Music and Emotion, 2010. There is no
standard; the recipe here is ours, and no labels were to be had that its weights could have been fitted to:

    energy = loudness · (0.4 + 0.25 · brightness + 0.35 · activity)

- loudness is K-weighted (ITU-R BS.1770-4), of each second: 0 at -50 LUFS and below, 1 at -8 LUFS and above.
- brightness is where the middle of the spectrum is: the centroid of bands evenly spaced in pitch, each weighted with
  log10(1 + magnitude); 0 at 250 Hz, 1 at 2 kHz.
- activity is how much the bands rise from frame to frame, as at onsets: 0 for a steady tone, 1 for dense drums.

Each is from 0 to 1, and energy rises with each. Silence has 0. The level counts: played 6 dB softer, music has about a
seventh less.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.ebur128 import Power, loudness

Floats = NDArray[np.floating[Any]]

STEPS = 10
"""Of K-weighted power in a second."""
_SOFTEST, _LOUDEST = -50.0, -8.0
_DARK, _BRIGHT = 250.0, 2000.0
_BUSY = 4.0
_ALWAYS, _BRIGHTNESS, _ACTIVITY = 0.4, 0.25, 0.35


@cache
def band_sums(centres: tuple[float, ...]) -> NDArray[np.float32]:
    """What rows of bands and their rises are multiplied with: shape (2 · bands, 3).

    The products are the sum of the bands, their sum weighted by the octave of each above 1 Hz, and the sum of the
    rises. `centres` of the bands are in Hz.
    """
    sums = np.zeros((2 * len(centres), 3), np.float32)
    sums[: len(centres), 0] = 1
    sums[: len(centres), 1] = np.log2(centres)
    sums[len(centres) :, 2] = 1
    return sums


def energies(power: Power, sums: Floats) -> NDArray[np.float64]:
    """The energy of each second: float64, shape (n,), from 0 to 1.

    Takes its mean K-weighted power, shape (n,), full scale being 1, and the means of what `band_sums` gives, (n, 3).
    """
    heard = np.maximum(sums[:, 0], 1e-9)
    octave = (sums[:, 1] / heard - np.log2(_DARK)) / np.log2(_BRIGHT / _DARK)
    brightness = np.clip(octave, 0, 1)
    activity = np.clip(sums[:, 2] / _BUSY, 0, 1)
    loud = np.clip((loudness(power) - _SOFTEST) / (_LOUDEST - _SOFTEST), 0, 1)
    return np.asarray(loud * (_ALWAYS + _BRIGHTNESS * brightness + _ACTIVITY * activity), np.float64)
