from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from tonearm.algorithms.key_profiles import PITCH_CLASSES, TONIC_TRIAD, likeliest_keys
from tonearm.algorithms.pitch_class_profiles import SIZE, pitch_class_profiles
from tonearm.features import ANALYSIS_RATE, Block, Feature, Mono, Spectra
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

_FRAME, _HOP = 4096, 2048
_NAMES = np.array([*PITCH_CLASSES, *(f"{name}m" for name in PITCH_CLASSES), "N"])
_NONE = len(_NAMES) - 1


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
        "Major and minor triads over time, as by Essentia's ChordsDetection: harmonic pitch class profiles of 36 bins, "
        "frames of 4096 samples, hop size 2048, at 44.1 kHz, the 60 highest spectral peaks of 20 to 3500 Hz. Equal "
        "chords in a row are one segment, exact to a hop (46 ms). Essentia calls the algorithm experimental: it sees "
        "no sevenths, and a chord much shorter than the window is lost. Silence is N."
    )
    citation = (
        "E. Gómez: Tonal description of polyphonic audio for music content processing. "
        "INFORMS Journal on Computing 18(3), 2006."
    )
    licence = "AGPL-3.0-or-later"
    result = ChordsResult
    parameters = ChordsParameters
    features = (Spectra(_FRAME, _HOP, "blackmanharris62"), Mono(ANALYSIS_RATE))

    def __init__(self, pcm_format: PcmFormat, given: ChordsParameters) -> None:
        super().__init__(pcm_format, given)
        self._half = (int(given.window * ANALYSIS_RATE / _HOP) - 1) // 2
        # Nothing is before the first frame.
        self._profiles = np.zeros((self._half, SIZE), np.float32)
        self._frames = 0
        self._chords = [np.empty(0, np.int8)]
        self._strengths = [np.empty(0, np.float32)]
        self._samples = 0

    def feed(self, feature: Feature, block: Block) -> None:
        if feature == Mono(ANALYSIS_RATE):
            self._samples += len(block)
        else:
            self._take(pitch_class_profiles(block, ANALYSIS_RATE / _FRAME, self.given.tuning))

    def finish(self) -> ChordsResult:
        self._take(np.empty((0, SIZE), np.float32), behind=self._half - 1)
        return ChordsResult(chords=list(self._segments(np.concatenate(self._chords), np.concatenate(self._strengths))))

    def _take(self, profiles: Block, behind: int = 0) -> None:
        """Name the chord of each frame that all profiles around are known of, with `behind` zeros after the last."""
        held = self._profiles = np.concatenate((self._profiles, profiles, np.zeros((behind, SIZE), np.float32)))
        width = 2 * self._half
        count = len(held) - width + 1
        if count < 1:
            return
        chroma = np.zeros((count, SIZE), np.float32)
        for offset in range(width):
            chroma += held[offset : offset + count]
        frames = self._frames + np.arange(count)
        end = self._frames - self._half + len(held) - behind
        taken = np.minimum(frames + self._half, end) - np.maximum(frames - self._half, 0)
        chroma /= taken[:, None].astype(np.float32)
        highest = chroma.max(axis=1, keepdims=True)
        np.divide(chroma, highest, out=chroma, where=highest > 0)
        chords, strengths = likeliest_keys(chroma, TONIC_TRIAD)
        self._chords.append(np.where(strengths > 0, chords, _NONE).astype(np.int8))
        self._strengths.append(np.maximum(strengths, 0))
        self._profiles = held[count:]
        self._frames += count

    def _segments(self, chords: NDArray[np.int8], strengths: Block) -> Iterator[Chord]:
        borders = [0, *(np.flatnonzero(np.diff(chords)) + 1), len(chords)]
        for begin, end in pairwise(borders):
            start, until = self._border(begin), self._border(end)
            # The last frame may be centred so far behind the end that none of its chord is left.
            if start < until:
                yield Chord(
                    start=start, end=until, chord=_NAMES[chords[begin]], strength=float(strengths[begin:end].mean())
                )

    def _border(self, frame: int) -> float:
        """The time half-way between a frame's centre and that of the frame before."""
        return min(max(0.0, (frame - 0.5) * _HOP), self._samples) / ANALYSIS_RATE
