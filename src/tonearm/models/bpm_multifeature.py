from __future__ import annotations

import numpy as np

from tonearm.algorithms.rhythm import BeatEmphasis, most_agreed, tempo, track_beats
from tonearm.algorithms.silence import Audibility
from tonearm.features import (
    ANALYSIS_RATE,
    Block,
    ComplexOnsets,
    EnergyAndMelFlux,
    Feature,
    InformationGain,
    Mono,
    SubbandOnsets,
)
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity


class BpmMultifeatureResult(Result):
    bpm: float = quantity("bpm", "tempo of the whole track; 0 if fewer than two beats are found", low=0)
    confidence: float = quantity(
        "1",
        "agreement of the five beat trackers, 0 to 5: above 1.5 the beats are reliable, above 3.5 highly so",
        low=0,
        high=5,
    )
    beat_positions: list[float] = quantity("s", "time of each beat from the start of the audio", low=0)


class BpmMultifeature(Model[Parameters]):
    name = "bpm_multifeature"
    title = "Tempo and beats, with confidence"
    group = "tempo and rhythm"
    description = (
        "Tempo and beat positions from the agreement of five beat trackers, with a confidence: Essentia's "
        "RhythmExtractor2013, method multifeature, 40 to 208 bpm. Each tracks beats as bpm_degara does, in an onset "
        "detection function of its own: complex difference, energy flux, flux in mel bands, subbands that have a beat, "
        "information gain. More accurate than bpm_degara, and slower. Silence has no tempo."
    )
    citation = (
        "J. R. Zapata, M. E. P. Davies, E. Gómez: Multi-feature beat tracking. "
        "IEEE/ACM Transactions on Audio, Speech, and Language Processing 22(4), 2014."
    )
    licence = "AGPL-3.0-or-later"
    result = BpmMultifeatureResult
    features = (ComplexOnsets(), EnergyAndMelFlux(), SubbandOnsets(), InformationGain(), Mono(ANALYSIS_RATE))

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._audibility = Audibility()
        self._emphasis = BeatEmphasis()
        self._complex: list[Block] = []
        self._fluxes: list[Block] = []
        self._gains: list[Block] = []

    def feed(self, feature: Feature, block: Block) -> None:
        match feature:
            case Mono():
                self._audibility.feed(block)
            case SubbandOnsets():
                self._emphasis.feed(block)
            case ComplexOnsets():
                self._complex.append(block)
            case EnergyAndMelFlux():
                self._fluxes.append(block)
            case InformationGain():
                self._gains.append(block)

    def finish(self) -> BpmMultifeatureResult:
        # In silence Essentia finds a beat in every other frame.
        if self._audibility.silent:
            return BpmMultifeatureResult(bpm=0, confidence=0, beat_positions=[])
        energy, mel = np.concatenate(self._fluxes).T
        beats, agreement = most_agreed(
            [
                track_beats(np.concatenate(self._complex), upsampling=2),
                track_beats(energy, upsampling=2),
                track_beats(mel, upsampling=2),
                track_beats(self._emphasis.finish(), upsampling=1),
                track_beats(np.concatenate(self._gains), upsampling=1),
            ]
        )
        # By chance they agree a little less than not at all.
        return BpmMultifeatureResult(bpm=tempo(beats), confidence=max(0.0, agreement), beat_positions=beats.tolist())
