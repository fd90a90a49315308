from __future__ import annotations

from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from tonearm.algorithms.constant_q_tuning import cents_of, tuning_vector
from tonearm.algorithms.quarter_tones import quarter_tones
from tonearm.algorithms.rhythm.tracked import Tracked
from tonearm.algorithms.structure.bars import Grid, grid
from tonearm.algorithms.structure.borders import contrast, likely
from tonearm.algorithms.structure.gathered import Gathered
from tonearm.algorithms.structure.likeness import harmony_of, likeness
from tonearm.algorithms.structure.mixing import last_phrase
from tonearm.algorithms.structure.recurrence import labels
from tonearm.algorithms.structure.repetition import repetition_borders
from tonearm.algorithms.structure.roles import Heard, Role, is_dance, roles
from tonearm.algorithms.structure.segmentation import segmented
from tonearm.features import Block, Feature, KWeightedPower
from tonearm.features.constant_q import KEYCNN_CQT, KEYCNN_RATE, of_sine
from tonearm.features.rising_bands import BEATNET_BANDS, centres
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity
from tonearm.networks.free.beat_tracker import WITHOUT_NETWORKS, BeatTracker

_SILENCE = 1e-3
"""Amplitude of a sine below which it is no harmony."""
_SHORTEST = 16.0
"""Seconds, below which a track is one section."""
_FEATURES = (KEYCNN_CQT, KWeightedPower(), BEATNET_BANDS)
CERTAIN = 0.55
"""Confidence from which sections are certain."""


class Section(BaseModel):
    start: float = quantity("s", "start of the section", low=0, decimals=3)
    end: float = quantity("s", "end of the section", low=0, decimals=3)
    label: str = Field(description="A, B, … in the order of their first; the same letter recurs, A' is a variant of A")
    energy: int = quantity("1", "energy, from 1 to 10", low=1, high=10)
    role: Role | None = Field(description="intro, outro, and in dance music build or drop; null for all others")
    confidence: float = quantity("1", "how likely a section begins here within 3 s", low=0, high=1, decimals=3)


class SectionsResult(Result):
    sections: list[Section] = quantity("s", "sections in order, each beginning at the end of the one before")
    certainty: Literal["certain", "uncertain", "none"] = Field(
        description="whether the sections can be relied upon; none if there is one at most"
    )
    confidence: float = quantity("1", "mean confidence of where sections begin", low=0, high=1, decimals=3)
    reason: str | None = Field(description="why the sections are uncertain, or why there are none")
    grid: Literal["bars", "beats", "seconds"] = Field(
        description="what sections begin on: bars, each fourth beat, or each second second"
    )
    first_beat: float | None = quantity("s", "time of the first beat", low=0, decimals=3)
    first_downbeat: float | None = quantity("s", "time of the first downbeat", low=0, decimals=3)
    last_phrase: float | None = quantity(
        "s", "start of the last whole phrase of eight bars; null without bars", low=0, decimals=3
    )
    method: Literal["networks", "signal processing"] = Field(description="what found the beats and bars")


class Sections(Model[Parameters]):
    name = "sections"
    title = "Sections"
    group = "tempo and rhythm"
    description = (
        "Where sections begin, on the bars of beats:1, and which of them are alike. Bars are compared in harmony "
        "(chroma of a constant-Q transform), timbre (15 cepstral coefficients of bands evenly spaced in pitch) and "
        "loudness; sections are the best way to divide the track into stretches that are alike in themselves, of eight "
        "or four bars rather than others, beginning where repetitions do. The same letter is the same music, A' a "
        "variant of A. Each section has its energy (as in energy:1, 1 to 10). Intro and outro are short, softer ends; "
        "in music of 100 to 190 bpm with even bars of four beats, a drop is where the bass beat comes back with more "
        "energy, and a build is the section before it if its energy rises. Without the networks of beats:1 there are "
        "no bars: sections begin on each fourth beat, and where there is no beat, on each second second. Up to 1024 "
        "bars are compared; in longer audio two bars, or four, are taken for one. Music that never stands still, such "
        "as a fugue, has none that would be found so. Under 16 s, or where nothing changes, there is one section."
    )
    citation = (
        "A. Marmoret, J. E. Cohen, F. Bimbot: Barwise music structure analysis with the correlation block-matching "
        "segmentation algorithm. TISMIR 6(1), 2023. J. Serrà, M. Müller, P. Grosche, J. L. Arcos: Unsupervised music "
        "structure annotation by time series structure features and segment similarity. IEEE Transactions on "
        "Multimedia 16(5), 2014."
    )
    licence = "AGPL-3.0-or-later; the networks as of beats:1"
    result = SectionsResult
    warm_up_seconds = 20
    features: tuple[Feature, ...] = (*WITHOUT_NETWORKS, *_FEATURES)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._tracker = BeatTracker()
        self.features = (*self._tracker.features, *_FEATURES)
        self._sound = Gathered(centres(BEATNET_BANDS), BEATNET_BANDS.rate / BEATNET_BANDS.hop, KEYCNN_RATE)
        self._thresholds = of_sine(KEYCNN_CQT, _SILENCE)
        self._tuning = np.zeros(2)

    def feed(self, feature: Feature, block: Block) -> None:
        if feature in self._tracker.features:
            self._tracker.feed(feature, block)
        elif feature == BEATNET_BANDS:
            self._sound.add_bands(block)
        elif feature == KEYCNN_CQT:
            self._tuning += tuning_vector(block)
            self._sound.add_harmony(quarter_tones(block, self._thresholds))
        else:
            self._sound.add_power(block)

    def finish(self) -> SectionsResult:
        self._sound.energy.finish()
        if self._tracker.silent:
            return self._result(Tracked(None), grid([], [], 0), [], "It is silent.")
        found = self._tracker.tracked() or Tracked(None)
        units = grid(found.beats, _downbeats(found).tolist(), self._tracker.seconds)
        if self._tracker.seconds < _SHORTEST or self._sound.empty:
            return self._result(found, units, [self._whole()], "It is too short to have sections.")
        sections = self._sections(found, units)
        if len(sections) == 1:
            return self._result(found, units, [self._whole()], "Nothing in it changes that would begin a section.")
        return self._result(found, units, sections, None)

    def _sections(self, found: Tracked, units: Grid) -> list[Section]:
        cents = cents_of(self._tuning) or 0.0
        alike = likeness(self._sound, units.borders, cents)
        borders = segmented(alike, repetition_borders(harmony_of(self._sound, units.borders, cents)))
        sure = [likely(contrast(alike, int(border))) for border in borders[1:-1]]
        if units.kind == "seconds":
            # Without a beat to hold them together, only what is likely is told.
            kept = [border for border, each in zip(borders[1:-1], sure, strict=True) if each >= CERTAIN]
            borders = np.array([borders[0], *kept, borders[-1]])
            sure = [each for each in sure if each >= CERTAIN]
        names = labels(alike, borders)
        borders, names, sure = _joined(borders, names, sure)
        energy = self._energy(units.borders)
        heard = Heard(energy, self._sound.timbre.means(units.borders)[:, -1], np.diff(units.borders))
        told = roles(borders, names, heard, is_dance(found.bpm, found.metre, _downbeats(found)))
        return [
            Section(
                start=float(units.borders[begin]),
                end=float(units.borders[end]),
                label=name,
                energy=_of_ten(float(energy[begin:end].mean())),
                role=role,
                confidence=confidence,
            )
            for (begin, end), name, role, confidence in zip(pairwise(borders), names, told, [1.0, *sure], strict=True)
        ]

    def _energy(self, borders: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of each unit: the mean of the curve, whose value of each second stands in its middle."""
        curve = self._sound.energy.curve
        fine = np.arange(0.05, borders[-1], 0.1)
        values = np.interp(fine, np.arange(len(curve)) + 0.5, curve)
        sums = np.concatenate(([0.0], np.cumsum(values)))
        at = np.interp(borders, np.arange(len(sums)) * 0.1, sums)
        return np.asarray(np.diff(at) / np.maximum(np.diff(borders) / 0.1, 1e-6), np.float64)

    def _whole(self) -> Section:
        return Section(
            start=0.0,
            end=self._tracker.seconds,
            label="A",
            energy=_of_ten(self._sound.energy.energy),
            role=None,
            confidence=1.0,
        )

    def _result(self, found: Tracked, units: Grid, sections: list[Section], none: str | None) -> SectionsResult:
        sure = [section.confidence for section in sections[1:]]
        confidence = float(np.mean(sure)) if sure else 0.0
        downbeats = _downbeats(found)
        reason = none
        if none is None and units.kind == "seconds":
            reason = "It has no steady beat: sections begin within two seconds of where they are told."
        elif none is None and units.kind == "beats":
            reason = "Bars are found by networks, which are not installed here: sections begin on each fourth beat."
        elif none is None and confidence < CERTAIN:
            reason = "Little changes where sections begin."
        starts = np.array([section.start for section in sections])
        return SectionsResult(
            sections=sections,
            certainty="none" if none is not None else "certain" if reason is None else "uncertain",
            confidence=confidence,
            reason=reason,
            grid=units.kind,
            first_beat=found.beats[0] if found.beats else None,
            first_downbeat=float(downbeats[0]) if len(downbeats) else None,
            last_phrase=last_phrase(starts, downbeats),
            method="networks" if self._tracker.networks else "signal processing",
        )


def _downbeats(found: Tracked) -> NDArray[np.float64]:
    return np.array([time for time, number in zip(found.beats, found.numbers, strict=False) if number == 1])


def _of_ten(energy: float) -> int:
    return min(10, max(1, round(1 + 9 * energy)))


def _joined(
    borders: NDArray[np.int64], names: list[str], sure: list[float]
) -> tuple[NDArray[np.int64], list[str], list[float]]:
    """Neighbours with the same label are one section."""
    kept = [place for place in range(len(names)) if not place or names[place] != names[place - 1]]
    inner = [sure[place - 1] for place in kept if place]
    return np.array([*(int(borders[place]) for place in kept), int(borders[-1])]), [names[p] for p in kept], inner
