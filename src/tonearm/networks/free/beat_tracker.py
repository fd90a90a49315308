"""Tempo, beats and bars while the audio arrives: by networks where they are installed, from onsets without them."""

from __future__ import annotations

import numpy as np

from tonearm.algorithms.latest import latest
from tonearm.algorithms.rhythm.from_networks import track_with_networks
from tonearm.algorithms.rhythm.from_onsets import track_onsets
from tonearm.algorithms.rhythm.loops import LONGEST
from tonearm.algorithms.rhythm.tempo_classes import SLOWEST
from tonearm.algorithms.rhythm.tracked import Tracked
from tonearm.features import ONSET_RATE, Block, ComplexOnsets, Feature, Hpcp, Mono
from tonearm.features.hpcp import HPCP_RATE
from tonearm.networks.free.beats import RATE, BeatActivations
from tonearm.networks.free.installed import missing
from tonearm.networks.free.projects import BEATNET, DEEPTEMP_K24, TEMPOCNN
from tonearm.networks.free.tempo import CLASSES, HOP_SECONDS, TempoClasses

MONO = Mono(22_050)
"""What BeatNet's bands are made of."""
WITHOUT_NETWORKS: tuple[Feature, ...] = (MONO, ComplexOnsets())
_BEATS = (BeatActivations("beatnet_1"), BeatActivations("beatnet_2"), BeatActivations("beatnet_3"))
_TEMPI = ((DEEPTEMP_K24, TempoClasses("deeptemp_k24")), (TEMPOCNN, TempoClasses("deeptemp_k8")))
"""The better network first."""
ANY_TEMPO = (float(SLOWEST), float(SLOWEST + CLASSES - 1))
_SILENCE = 10 ** (-70 / 20)
"""Peak below which nobody hears a beat."""


class BeatTracker:
    """Feed it with its `features`, however many models of an analysis have one: what they get is computed once."""

    def __init__(self, low: float = ANY_TEMPO[0], high: float = ANY_TEMPO[1]) -> None:
        """The tempo is from `low` to `high` bpm."""
        self._low, self._high = low, high
        self.networks = False
        self.features = WITHOUT_NETWORKS
        if missing(BEATNET) is None:
            for project, tempi in _TEMPI:
                if missing(project) is None:
                    self.networks = True
                    self.features = (MONO, tempi, *_BEATS, Hpcp())
                    break
        self._blocks: dict[Feature, list[Block]] = {feature: [] for feature in self.features if feature != MONO}
        self._samples = 0
        self._peak = 0.0

    def feed(self, feature: Feature, block: Block) -> None:
        if feature == MONO:
            self._samples += len(block)
            self._peak = max(self._peak, float(np.abs(block).max()))
        else:
            self._blocks[feature].append(block[:, :2] if feature in _BEATS else block)

    @property
    def seconds(self) -> float:
        """Of audio until now."""
        return self._samples / MONO.rate

    @property
    def silent(self) -> bool:
        return self._peak < _SILENCE

    def recent(self, begin: float) -> Tracked | None:
        """What is found in the audio from `begin` on, in s, with times from there; None if too little has come."""
        return self._recent_by_networks(begin) if self.networks else self._recent_by_onsets(begin)

    def tracked(self) -> Tracked | None:
        """What is found in all of the audio; None if it is too short."""
        if not self.networks:
            return track_onsets(self._values(ComplexOnsets(), ()), self._low, self._high)
        windows = self._values(self.features[1], (CLASSES,)).astype(np.float64)
        activations = np.stack([self._values(feature, (2,)) for feature in _BEATS]).mean(axis=0, dtype=np.float64)
        if not len(windows) or not len(activations):
            return None
        chroma = self._values(Hpcp(), (12,))
        return track_with_networks(
            windows, HOP_SECONDS, activations, RATE, chroma, HPCP_RATE, self.seconds, self._low, self._high
        )

    def _recent_by_networks(self, begin: float) -> Tracked | None:
        blocks = [self._blocks[feature] for feature in _BEATS]
        windows = self._blocks[self.features[1]]
        if not windows or not all(blocks):
            return None
        first = int(begin * RATE)
        activations = np.stack([latest(each, first) for each in blocks]).mean(axis=0, dtype=np.float64)
        count = sum(len(block) for block in windows)
        tempi = latest(windows, min(count - 1, int(begin / HOP_SECONDS))).mean(axis=0, keepdims=True, dtype=np.float64)
        seconds = len(activations) / RATE
        if seconds <= LONGEST:
            return None
        chroma = self._blocks[Hpcp()]
        harmony = latest(chroma, int(begin * HPCP_RATE)) if chroma else np.empty((0, 12), np.float32)
        return track_with_networks(
            tempi, HOP_SECONDS, activations, RATE, harmony, HPCP_RATE, seconds, self._low, self._high
        )

    def _recent_by_onsets(self, begin: float) -> Tracked | None:
        blocks = self._blocks[ComplexOnsets()]
        if not blocks:
            return None
        return track_onsets(latest(blocks, int(begin * ONSET_RATE)).astype(np.float32), self._low, self._high)

    def _values(self, feature: Feature, shape: tuple[int, ...]) -> Block:
        return np.concatenate([np.empty((0, *shape), np.float32), *self._blocks[feature]])
