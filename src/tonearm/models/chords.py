from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from pydantic import BaseModel, Field

from tonearm.algorithms.essentia import Algorithm
from tonearm.features import ANALYSIS_RATE, Block, Feature, Mono, Spectra
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

_FRAME, _HOP = 4096, 2048
_NONE = "N"


class ChordsParameters(Parameters):
    window: float = Field(2, ge=0.25, le=10, description="seconds of music around each moment that its chord is of")
    tuning: float = Field(440, ge=415, le=466, description="what A4 is tuned to, in Hz (see tuning_frequency)")


class Chord(BaseModel):
    start: float = quantity("s", "start of the chord", low=0)
    end: float = quantity("s", "end of the chord", low=0)
    chord: str = quantity("chord", "A Bb B C C# D Eb E F F# G Ab, with m for minor; N for silence")
    strength: float = quantity("1", "mean correlation of the chroma with the triad, at most 1; 0 for N", low=0, high=1)


class ChordsResult(Result):
    chords: list[Chord] = quantity("s", "chords in order, each beginning at the end of the one before")


class Chords(Model[ChordsParameters]):
    name = "chords"
    title = "Chords"
    group = "key and harmony"
    description = (
        "Major and minor triads over time: Essentia's ChordsDetection on harmonic pitch class profiles of 36 bins, "
        "frames of 4096 samples, hop size 2048, at 44.1 kHz, the 60 highest spectral peaks of 20 to 3500 Hz. Equal "
        "chords in a row are one segment, exact to a hop (46 ms). Essentia calls the algorithm experimental: it sees "
        "no sevenths, and a chord much shorter than the window is lost. Silence is N."
    )
    citation = (
        "E. Gómez: Tonal description of polyphonic audio for music content processing. "
        "INFORMS Journal on Computing 18(3), 2006."
    )
    licence = "AGPL-3.0-or-later"
    requires = ("essentia",)
    result = ChordsResult
    parameters = ChordsParameters
    features = (Spectra(_FRAME, _HOP, "blackmanharris62"), Mono(ANALYSIS_RATE))

    def __init__(self, pcm_format: PcmFormat, given: ChordsParameters) -> None:
        super().__init__(pcm_format, given)
        self._find_peaks = Algorithm(
            "SpectralPeaks",
            orderBy="magnitude",
            magnitudeThreshold=1e-5,
            minFrequency=20,
            maxFrequency=3500,
            maxPeaks=60,
        )
        # The profiles that Essentia's music extractor makes for keys: they follow the chords of the synthesised track
        # better than those it makes for chords, and than those of the tutorial.
        self._profile = Algorithm(
            "HPCP",
            size=36,
            referenceFrequency=given.tuning,
            minFrequency=20,
            maxFrequency=3500,
            bandPreset=False,
            weightType="cosine",
            nonLinear=False,
            windowSize=1,
        )
        self._profiles: list[Block] = []
        self._samples = 0

    def feed(self, feature: Feature, block: Block) -> None:
        if feature == Mono(ANALYSIS_RATE):
            self._samples += len(block)
        else:
            self._profiles += [self._profile(*self._find_peaks(spectrum)) for spectrum in block]

    def finish(self) -> ChordsResult:
        if not self._profiles:
            return ChordsResult(chords=[])
        detect = Algorithm("ChordsDetection", hopSize=_HOP, windowSize=self.given.window)
        chords, strengths = detect(np.array(self._profiles))
        # Without a sound Essentia says A minor, strength 0.
        named = [chord if strength > 0 else _NONE for chord, strength in zip(chords, strengths, strict=True)]
        return ChordsResult(chords=list(self._segments(named, np.maximum(strengths, 0))))

    def _segments(self, chords: list[str], strengths: Block) -> Iterator[Chord]:
        begin = 0
        for chord, frames in groupby(chords):
            end = begin + len(list(frames))
            start, until = self._border(begin), self._border(end)
            # The last frame may be centred so far behind the end that none of its chord is left.
            if start < until:
                yield Chord(start=start, end=until, chord=chord, strength=float(strengths[begin:end].mean()))
            begin = end

    def _border(self, frame: int) -> float:
        """The time half-way between a frame's centre and that of the frame before."""
        return min(max(0.0, (frame - 0.5) * _HOP), self._samples) / ANALYSIS_RATE
