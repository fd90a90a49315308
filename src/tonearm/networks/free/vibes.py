"""VibeNet's answers: a network that is fed with 30 s of mel bands at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonearm.audio.pcm import PcmFormat
from tonearm.features import Block, Extractor, Feature
from tonearm.features.mel import VIBENET_MEL
from tonearm.networks.free.installed import session

FIELDS = ("acousticness", "danceability", "energy", "instrumentalness", "liveness", "speechiness", "valence")
_LIKELIHOODS = np.array([name in {"acousticness", "instrumentalness", "liveness"} for name in FIELDS])
"""These are logits; the others are values between 0 and 1, which the network may slightly exceed."""

FRAMES = 1499
"""In a window: 30 s, of which it was trained on. Longer ones take memory, and change the mean of answers by 0.01."""
_SHORTEST_REST = FRAMES // 6
"""Frames after the last whole window that are worth another one, which then ends with the track."""

_FLOOR = 1e-10
_RANGE = 80.0
"""Decibels below the loudest band of a window, where the rest is cut off."""


@dataclass(frozen=True)
class Vibes(Feature):
    """float32, shape (windows, 7), dimensionless, 0 to 1: `FIELDS` for each 30 s, the last window flush with the end.

    Audio shorter than a window is one window. Each is scaled to one level first, so the answers do not depend on that
    of the audio; VibeNet's own package leaves it as it is. `extractor` raises PackError if VibeNet is not installed.
    """

    @property
    def source(self) -> Feature:
        return VIBENET_MEL

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Windows()


class _Windows(Extractor):
    def __init__(self) -> None:
        self._session = session("vibenet")
        self._pending = self._before = np.empty((0, VIBENET_MEL.bands), np.float32)

    def feed(self, block: Block) -> Block:
        self._pending = np.concatenate((self._pending, block))
        found = [np.empty((0, len(FIELDS)), np.float32)]
        while len(self._pending) >= FRAMES:
            self._before, self._pending = self._pending[:FRAMES], self._pending[FRAMES:]
            found.append(self._answer(self._before))
        return np.concatenate(found)

    def finish(self) -> Block:
        if len(self._pending) > (_SHORTEST_REST if len(self._before) else 0):
            return self._answer(np.concatenate((self._before, self._pending))[-FRAMES:])
        return np.empty((0, len(FIELDS)), np.float32)

    def _answer(self, window: Block) -> Block:
        """From power in mel bands, shape (frames, bands), to the seven values, shape (1, 7)."""
        (logits,) = self._session.run(None, {"x": np.ascontiguousarray(decibels(levelled(window)).T[None])})
        likelihoods = 1 / (1 + np.exp(-logits))
        return np.asarray(np.where(_LIKELIHOODS, likelihoods, np.clip(logits, 0, 1)), np.float32)


def levelled(power: Block) -> Block:
    """Scale power in mel bands, float32 of any shape, to a mean of 1; silence stays as it is.

    Usual music has about that: the median of 30 s windows is -0.6 dB in 16 songs of nine genres, and 1.9 dB in 45 songs
    and loops from games.
    """
    mean = power.mean(dtype=np.float64)
    return np.asarray(power / mean, np.float32) if mean > 0 else power


def decibels(power: Block) -> Block:
    """From power, float32 of any shape, to dB, same shape, at most 80 dB below the loudest."""
    level = 10 * np.log10(np.maximum(power, np.float32(_FLOOR)))
    return np.asarray(np.maximum(level, level.max() - np.float32(_RANGE)), np.float32)
