from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BIN = 2.0
_TOLERANCE = 5.0


def tempo(beats: NDArray[np.float32]) -> float:
    """Tempo in bpm of beats given in seconds, as RhythmExtractor2013 finds it.

    The intervals' tempi are counted in bins of 2 bpm; the mean of those within 5 bpm of the fullest bin is the
    tempo. 0 for fewer than two beats.
    """
    if len(beats) < 2:
        return 0.0
    tempi = np.float32(60) / np.diff(beats)
    # Essentia's bincount rounds to the nearest bin.
    fullest = _BIN * float(np.argmax(np.bincount(np.floor(tempi / _BIN + 0.5).astype(np.int64))))
    near = tempi[np.abs(fullest - tempi) < _TOLERANCE]
    return float(near.mean()) if len(near) else fullest
