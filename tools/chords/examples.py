"""What Tonearm hears of a sound, and the chord of each frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.constant_q_tuning import cents_of, tuning_vector
from tonearm.algorithms.harmony.chroma import chroma, loudness_of
from tonearm.audio.pcm import PcmFormat
from tonearm.features.constant_q import KEYCNN_CQT
from tonearm.features.mono import Mono
from tools.chords.song import UNKNOWN, Segment

_BLOCK = 65_536


@dataclass(frozen=True)
class Example:
    name: str
    registers: NDArray[np.floating]
    """Shape (frames, 4, 12), as `chroma` gives them."""
    traits: NDArray[np.floating]
    """Shape (frames, 4)."""
    chords: NDArray[np.int64]
    """The number of each frame's chord, or UNKNOWN: shape (frames,)."""


def example(name: str, sound: NDArray[np.float32], rate: int, segments: Sequence[Segment]) -> Example:
    """Of a mono sound, shape (n,)."""
    magnitudes = _magnitudes(sound, rate)
    cents = cents_of(tuning_vector(magnitudes)) or 0
    registers, traits = chroma(magnitudes, cents / 100, loudness_of(magnitudes))
    times = np.arange(len(magnitudes)) * KEYCNN_CQT.hop / KEYCNN_CQT.rate
    chords = np.full(len(magnitudes), UNKNOWN, np.int64)
    for segment in segments:
        chords[(segment.start <= times) & (times < segment.end)] = segment.chord
    return Example(name, registers, traits, chords)


def _magnitudes(sound: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    form = PcmFormat(rate, ("FC",))
    mono, transform = Mono(KEYCNN_CQT.rate).extractor(form), KEYCNN_CQT.extractor(form)
    found = [transform.feed(mono.feed(sound[None, at : at + _BLOCK])) for at in range(0, len(sound), _BLOCK)]
    found += [transform.feed(mono.finish()), transform.finish()]
    return np.concatenate(found)
