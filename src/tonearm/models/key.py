from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import numpy as np
from pydantic import BaseModel, Field

from tonearm.algorithms.constant_q_tuning import cents_of, tuning_vector
from tonearm.algorithms.harmony.vocabulary import CHORDS
from tonearm.algorithms.key_evidence import KeyEvidence
from tonearm.algorithms.key_profiles import BGATE, PITCH_CLASSES, likeliest_keys
from tonearm.algorithms.quarter_tones import SIZE, chroma, quarter_tones
from tonearm.features import Block, Feature, Hpcp, Mono
from tonearm.features.chord_frames import ChordFrames
from tonearm.features.constant_q import KEYCNN_CQT, of_sine
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity
from tonearm.networks.free.installed import missing
from tonearm.networks.free.key import CLASSES, HOP, KeyClasses
from tonearm.networks.free.projects import KEYCNN
from tonearm.results.certainty import CERTAIN_STRENGTH
from tonearm.results.music import Key

_GATE = 0.2


class KeyResult(Result):
    key: tuple[str] = quantity("pitch class", "tonic, one of A Bb B C C# D Eb E F F# G Ab")
    scale: tuple[str] = quantity("mode", "major or minor")
    strength: tuple[float] = quantity(
        "1", "correlation of the track's chroma with the key's profile, at most 1", low=-1, high=1
    )


class KeyModel(Model[Parameters]):
    name = "key"
    aliases = ("key_essentia",)
    title = "Key"
    group = "key and harmony"
    description = (
        "The key that the whole track is in: Essentia's KeyExtractor with its default settings, profile bgate. "
        "The chroma is gathered while the audio arrives; its mean is compared with the profiles of 24 keys. "
        f"Below a strength of {CERTAIN_STRENGTH:g} the key is uncertain: speech, noise and single tones have one too."
    )
    citation = (
        "Á. Faraldo, S. Jordà, P. Herrera: A multi-profile method for key estimation in EDM. "
        "AES International Conference on Semantic Audio, 2017."
    )
    licence = "AGPL-3.0-or-later"
    result = KeyResult
    partial = KeyResult
    features = (Hpcp(),)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._sum = np.zeros(12)
        self._frames = 0

    def feed(self, feature: Feature, block: Block) -> None:
        self._sum += block.sum(axis=0, dtype=np.float64)
        self._frames += len(block)

    def so_far(self) -> KeyResult | None:
        return self.finish() if self._frames else None

    def finish(self) -> KeyResult:
        profile = (self._sum / self._frames).astype(np.float32)
        highest = profile.max()
        if highest > 0:
            profile /= highest
        profile[profile < _GATE] = 0
        (key,), (strength,) = likeliest_keys(profile[None], BGATE)
        scale = "minor" if key >= 12 else "major"
        return KeyResult(key=(PITCH_CLASSES[key % 12],), scale=(scale,), strength=(float(strength),))


Scale = Literal["major", "minor"]

_MONO = Mono(KEYCNN_CQT.rate)
_CHORDS = ChordFrames()
_NETWORK = KeyClasses("winterreise_v_fold1")
_SILENCE = 10 ** (-70 / 20)
"""Of a sine, relative to full scale."""
_BEGINNING = HOP
"""Frames with sound: 5.6 s. Of 2, 5, 10 and 20 s, none is worse than another."""


_NONE = 0.1
"""Tonality below which there is no key; of music, one piece in fifty is."""
CERTAIN = 0.5
"""Probability from which a key is certain."""
_LEAST = 0.01
"""Probability below which a key is no alternative."""


class KeyAlternative(BaseModel):
    key: str = quantity("pitch class", "tonic, one of A Bb B C C# D Eb E F F# G Ab")
    scale: Scale = Field(description="major or minor")
    probability: float = quantity("1", "how likely it is the right one", low=0, high=1, decimals=3)
    camelot: str = Field(description="code on the Camelot wheel, such as 8A")
    open_key: str = Field(description="code in Open Key, such as 1m")


class KeySection(BaseModel):
    start: float = quantity("s", "start of the section", low=0, decimals=2)
    end: float = quantity("s", "end of the section", low=0, decimals=2)
    key: str = quantity("pitch class", "tonic of the section")
    scale: Scale = Field(description="major or minor")
    probability: float = quantity("1", "how likely it is right", low=0, high=1, decimals=3)


class KeyResult2(Result):
    key: str | None = quantity("pitch class", "tonic, one of A Bb B C C# D Eb E F F# G Ab; null if there is none")
    scale: Scale | None = Field(description="major or minor")
    probability: float = quantity("1", "how likely key and scale are right", low=0, high=1, decimals=3)
    certainty: Literal["certain", "uncertain", "none"] = Field(
        description="whether the key can be relied upon; none if there is none"
    )
    reason: str | None = Field(description="why the key is uncertain, or why there is none")
    camelot: str | None = Field(description="code on the Camelot wheel, such as 8A")
    open_key: str | None = Field(description="code in Open Key, such as 1m")
    alternatives: list[KeyAlternative] = Field(description="other keys of at least 1 %, the likeliest first")
    tuning: float | None = quantity(
        "cent", "how far above A4 = 440 Hz the music is tuned; null without tones", low=-50, high=50, decimals=0
    )
    sections: list[KeySection] = Field(description="the key over time; one section where it does not change")
    method: Literal["networks", "signal processing"] = Field(description="what found it")


class KeyPartial2(Result):
    key: str | None = quantity("pitch class", "tonic of all that was heard so far; null if there is none")
    scale: Scale | None = Field(description="major or minor")
    probability: float = quantity("1", "how likely key and scale are right so far", low=0, high=1, decimals=3)
    certainty: Literal["certain", "uncertain", "none"] = Field(
        description="whether the key could be relied upon if the audio ended here; none if there is none"
    )
    camelot: str | None = Field(description="code on the Camelot wheel, such as 8A")
    open_key: str | None = Field(description="code in Open Key, such as 1m")


class KeyModel2(Model[Parameters]):
    name = "key"
    version = 2
    title = "Key, how sure it is, and where it changes"
    group = "key and harmony"
    description = (
        "Key, how likely it is right, and the key over time. Chroma of a constant-Q transform, corrected by the "
        "tuning, is correlated with the profiles of 24 keys; the first 5.6 s count more. So does how much of the time "
        "the chords of chords:2 belong to a key. With Key-CNN installed (tonearm models pull keycnn), what the network "
        "thinks counts too. Fitted to 82 labelled recordings and scores, it has a weighted score of MIREX of 0.87 with "
        "the network (95 % interval 0.80 to 0.93) and of 0.86 without (0.79 to 0.93) on sources that were left out of "
        "the fit. There its probabilities are 0.81 on average where 0.84 are right, and 94 % of the keys are certain, "
        "87 % of these rightly. Of 150 short samples of drums, voices, noise and nature, 8 have a certain key: what "
        "has a pitch misleads it. Borders of sections are exact to 6 to 11 s, and shorter changes are not seen."
    )
    citation = (
        "D. Temperley: Music and Probability. MIT Press, 2007. H. Riemann: Vereinfachte Harmonielehre. Augener, 1893. "
        "H. Schreiber, C. Weiß, M. Müller: Local key estimation in classical music recordings: a cross-version study "
        "on Schubert's Winterreise. ICASSP 2020."
    )
    licence = "AGPL-3.0-or-later; the network AGPL-3.0-only"
    result = KeyResult2
    partial = KeyPartial2
    features: tuple[Feature, ...] = (_MONO, KEYCNN_CQT, _CHORDS)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._networks = missing(KEYCNN) is None
        if self._networks:
            self.features = (_MONO, KEYCNN_CQT, _CHORDS, _NETWORK)
        self._thresholds = of_sine(KEYCNN_CQT, _SILENCE)
        self._samples = 0
        self._tuning = np.zeros(2)
        self._beginning = np.empty((0, SIZE), np.float32)
        self._pending = np.empty((0, SIZE), np.float32)
        self._parts: list[Block] = []
        """Sums of the quarter tones of so many frames as a window of the network moves on by."""
        self._heard: list[int] = []
        """How many of these frames have sound."""
        self._chords = np.zeros(len(CHORDS))
        """In how many frames each is."""
        self._answers = [np.empty((0, CLASSES), np.float32)]

    def feed(self, feature: Feature, block: Block) -> None:
        if feature == _MONO:
            self._samples += len(block)
        elif feature == KEYCNN_CQT:
            self._listen(block)
        elif feature == _CHORDS:
            self._chords += np.bincount(block[:, 0].astype(np.int64), minlength=len(CHORDS))
        else:
            self._answers.append(block)

    def so_far(self) -> KeyPartial2:
        # The part under way is heard too, and goes on.
        parts = [*self._parts, self._pending.sum(axis=0)] if len(self._pending) else self._parts
        heard = [*self._heard, _with_sound(self._pending)] if len(self._pending) else self._heard
        cents = cents_of(self._tuning)
        evidence = None if cents is None or not any(heard) else self._evidence(cents, parts, heard)
        if evidence is None or evidence.tonality < _NONE:
            return KeyPartial2(key=None, scale=None, probability=0.0, certainty="none", camelot=None, open_key=None)
        likely = evidence.of_all()
        best, probability = _key(int(likely.argmax())), float(likely.max())
        return KeyPartial2(
            key=best.tonic,
            scale=_scale(best),
            probability=probability,
            certainty="certain" if probability >= CERTAIN else "uncertain",
            camelot=best.camelot,
            open_key=best.open_key,
        )

    def finish(self) -> KeyResult2:
        if len(self._pending):
            self._part(self._pending)
        cents = cents_of(self._tuning)
        if cents is None or not any(self._heard):
            return self._none("It is silent.", cents)
        evidence = self._evidence(cents, self._parts, self._heard)
        if evidence.tonality < _NONE:
            return self._none("No key stands out: it may be speech, noise, drums, a drone or a single tone.", cents)
        likely = evidence.of_all()
        order = [int(index) for index in likely.argsort()[::-1]]
        best = _key(order[0])
        probability = float(likely[order[0]])
        return KeyResult2(
            key=best.tonic,
            scale=_scale(best),
            probability=probability,
            certainty="certain" if probability >= CERTAIN else "uncertain",
            reason=None if probability >= CERTAIN else _doubt(evidence.tonality),
            camelot=best.camelot,
            open_key=best.open_key,
            alternatives=[_alternative(index, float(likely[index])) for index in order[1:] if likely[index] >= _LEAST],
            tuning=cents,
            sections=list(self._sections(evidence, order[0], probability)),
            method=self._method,
        )

    @property
    def _method(self) -> Literal["networks", "signal processing"]:
        return "networks" if self._networks else "signal processing"

    def _listen(self, spectra: Block) -> None:
        self._tuning += tuning_vector(spectra)
        tones = quarter_tones(spectra, self._thresholds)
        self._beginning = np.concatenate((self._beginning, tones[tones.any(axis=1)]))[:_BEGINNING]
        self._pending = np.concatenate((self._pending, tones))
        while len(self._pending) >= HOP:
            self._part(self._pending[:HOP])
            self._pending = self._pending[HOP:]

    def _part(self, tones: Block) -> None:
        self._parts.append(tones.sum(axis=0))
        self._heard.append(_with_sound(tones))

    def _none(self, reason: str, cents: float | None) -> KeyResult2:
        return KeyResult2(
            key=None,
            scale=None,
            probability=0.0,
            certainty="none",
            reason=reason,
            camelot=None,
            open_key=None,
            alternatives=[],
            tuning=cents,
            sections=[],
            method=self._method,
        )

    def _evidence(self, cents: float, parts: list[Block], heard: list[int]) -> KeyEvidence:
        return KeyEvidence(
            beginning=chroma(self._beginning.sum(axis=0, dtype=np.float64), cents),
            parts=chroma(np.array(parts, np.float64), cents),
            heard=np.array(heard, np.float64),
            chords=self._chords,
            windows=np.concatenate(self._answers) if self._networks else None,
        )

    def _sections(self, evidence: KeyEvidence, key: int, probability: float) -> Iterator[KeySection]:
        """Those of the likeliest path; if it stays in one key, that of the whole."""
        borders, keys = evidence.sections()
        if len(keys) == 1:
            keys, sure = [key], [probability]
        else:
            sure = [
                evidence.of_part(begin, end)[index] for (begin, end), index in zip(pairwise(borders), keys, strict=True)
            ]
        times = [0.0, *(self._time(border) for border in borders[1:-1]), self._samples / _MONO.rate]
        for (start, end), index, likely in zip(pairwise(times), keys, sure, strict=True):
            named = _key(index)
            yield KeySection(start=start, end=end, key=named.tonic, scale=_scale(named), probability=float(likely))

    @staticmethod
    def _time(part: int) -> float:
        """Where a part begins: half-way between the centres of two frames."""
        return (part * HOP - 0.5) * KEYCNN_CQT.hop / KEYCNN_CQT.rate


def _with_sound(tones: Block) -> int:
    """How many of these frames are not silent."""
    return int(tones.any(axis=1).sum())


def _key(index: int) -> Key:
    return Key(PITCH_CLASSES[index % 12], "minor" if index >= 12 else "major")


def _scale(key: Key) -> Scale:
    return "minor" if key.scale == "minor" else "major"


def _alternative(index: int, probability: float) -> KeyAlternative:
    key = _key(index)
    return KeyAlternative(
        key=key.tonic, scale=_scale(key), probability=probability, camelot=key.camelot, open_key=key.open_key
    )


def _doubt(tonality: float) -> str:
    if tonality < CERTAIN:
        return "It hardly fits a key: it may be speech, noise, drums or a drone."
    return "Another key is likely too: see the alternatives."
