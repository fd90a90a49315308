from __future__ import annotations

from itertools import accumulate
from typing import Literal

from pydantic import BaseModel, Field

from tonearm.algorithms.rhythm.beats_so_far import BeatsSoFar
from tonearm.algorithms.rhythm.loops import LONGEST
from tonearm.algorithms.rhythm.tracked import Tracked
from tonearm.features import Block, Feature
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity
from tonearm.networks.free.beat_tracker import ANY_TEMPO, WITHOUT_NETWORKS, BeatTracker

CERTAIN = 0.7
"""Confidence from which a tempo is certain."""


class BeatsParameters(Parameters):
    range: str = Field(
        "", pattern=r"^([0-9]{2,3}-[0-9]{2,3})?$", description="bpm that the tempo is taken from, such as 79-192"
    )


class TempoAlternative(BaseModel):
    tempo: float = quantity("bpm", "another tempo that the track may have", low=0, decimals=1)
    probability: float = quantity("1", "how likely it is the right one", low=0, high=1, decimals=3)


class LocalTempo(BaseModel):
    time: float = quantity("s", "time of a beat", low=0, decimals=3)
    tempo: float = quantity("bpm", "tempo of the sixteen beats around it", low=0, decimals=1)


class BeatsResult(Result):
    tempo: float | None = quantity("bpm", "tempo of the track, or of most of it", low=0, decimals=1)
    confidence: float = quantity("1", "how likely the tempo is right within 4 %", low=0, high=1, decimals=3)
    certainty: Literal["certain", "uncertain", "none"] = Field(
        description="whether the tempo can be relied upon; none if there is none"
    )
    reason: str | None = Field(description="why the tempo is uncertain, or why there is none")
    alternatives: list[TempoAlternative] = quantity("bpm", "other tempi, the likeliest first")
    beats: list[float] = quantity("s", "time of each beat", low=0, decimals=3)
    beat_numbers: list[int] = Field(description="place of each beat in its bar, 1 for the downbeat; [] without bars")
    bar_numbers: list[int] = Field(description="bar of each beat, 0 before the first downbeat; [] without bars")
    downbeats: list[float] = quantity("s", "time of the first beat of each bar", low=0, decimals=3)
    metre: int | None = Field(description="beats in a bar, 3 or 4; null without bars")
    first_beat: float | None = quantity("s", "time of the first beat", low=0, decimals=3)
    tempo_curve: list[LocalTempo] | None = quantity("bpm", "the tempo over time; null where it is constant")
    method: Literal["networks", "signal processing"] = Field(description="what found them")


class BeatsPartial(Result):
    tempo: float | None = quantity("bpm", "tempo of the latest 16 s; null if there is none", low=0, decimals=1)
    confidence: float = quantity("1", "how likely this tempo is right within 4 %", low=0, high=1, decimals=3)
    beats: list[float] = quantity("s", "what is new: beats found in the latest 16 s", low=0, decimals=3)
    beat_numbers: list[int] = Field(
        description="place of each new beat in its bar, 1 for the downbeat; [] without bars"
    )


class Beats(Model[BeatsParameters]):
    name = "beats"
    title = "Tempo, beats and bars"
    group = "tempo and rhythm"
    description = (
        "Tempo to 0.1 bpm, beats, downbeats and metre, and how likely the tempo is right. With the networks of "
        "Tempo-CNN and BeatNet installed (tonearm models pull), one says how likely each tempo is, the other where "
        "beats and downbeats are; beats are the likeliest way through bars of about that tempo, or all of one tempo "
        "where that explains the music as well. Bars begin where the harmony changes and where a network hears "
        "downbeats. The tempo is the slope of a line through the beats. Audio of up to 12 s is taken for a loop if its "
        "length fits. Without the networks, the beats are those of bpm_degara, there are no bars, and the tempo is "
        "right less often. Speech, noise, drones and silence have no tempo."
    )
    citation = (
        "H. Schreiber, M. Müller: Musical tempo and key estimation using convolutional neural networks with "
        "directional filters. SMC 2019. M. Heydari, F. Cwitkowitz, Z. Duan: BeatNet: CRNN and particle filtering for "
        "online joint beat downbeat and meter tracking. ISMIR 2021. F. Krebs, S. Böck, G. Widmer: An efficient "
        "state-space model for joint tempo and meter tracking. ISMIR 2015."
    )
    licence = "AGPL-3.0-or-later; the networks AGPL-3.0-only (Tempo-CNN) and CC BY 4.0 (BeatNet)"
    result = BeatsResult
    partial = BeatsPartial
    parameters = BeatsParameters
    warm_up_seconds = 20
    features = WITHOUT_NETWORKS

    def __init__(self, pcm_format: PcmFormat, given: BeatsParameters) -> None:
        super().__init__(pcm_format, given)
        low, high = sorted(float(bound) for bound in given.range.split("-") if bound) or ANY_TEMPO
        self._tracker = BeatTracker(low, high)
        self.features = self._tracker.features
        self._so_far = BeatsSoFar()

    def feed(self, feature: Feature, block: Block) -> None:
        self._tracker.feed(feature, block)

    def so_far(self) -> BeatsPartial | None:
        seconds = self._tracker.seconds
        # What is shorter may be taken for a loop, and goes on.
        if self._tracker.silent or seconds <= LONGEST:
            return None
        begin = self._so_far.begin(seconds)
        if begin is None:
            return None
        found = self._tracker.recent(begin)
        if found is None:
            return None
        beats = [begin + time for time in found.beats]
        new = self._so_far.new(beats)
        return BeatsPartial(
            tempo=found.bpm,
            confidence=found.confidence,
            beats=[beats[place] for place in new],
            beat_numbers=[found.numbers[place] for place in new] if found.numbers else [],
        )

    def finish(self) -> BeatsResult:
        if self._tracker.silent:
            return self._result(Tracked(None), "It is silent.")
        found = self._tracker.tracked()
        return self._result(Tracked(None), "It is too short.") if found is None else self._result(found)

    def _result(self, found: Tracked, why_none: str | None = None) -> BeatsResult:
        certain = found.confidence >= CERTAIN and found.stands_out
        reason = None
        if not found.stands_out:
            reason = "The beat hardly stands out."
        elif not certain:
            reason = "Another tempo is likely too: see the alternatives."
        if found.bpm is None:
            reason = (
                why_none or "No steady beat stands out: it may be speech, noise, a drone, or music without a pulse."
            )
        return BeatsResult(
            tempo=found.bpm,
            confidence=found.confidence,
            certainty="none" if found.bpm is None else "certain" if certain else "uncertain",
            reason=reason,
            alternatives=[TempoAlternative(tempo=bpm, probability=likely) for bpm, likely in found.alternatives],
            beats=found.beats,
            beat_numbers=found.numbers,
            bar_numbers=list(accumulate(int(number == 1) for number in found.numbers)),
            downbeats=[time for time, number in zip(found.beats, found.numbers, strict=False) if number == 1],
            metre=found.metre,
            first_beat=found.beats[0] if found.beats else None,
            tempo_curve=None
            if found.curve is None
            else [LocalTempo(time=time, tempo=bpm) for time, bpm in found.curve],
            method="networks" if self._tracker.networks else "signal processing",
        )
