from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from tonearm.algorithms.calibration import calibrated
from tonearm.algorithms.constant_q_tuning import cents_of, tuning_vector
from tonearm.algorithms.harmony.beat_grid import on_beats
from tonearm.algorithms.harmony.chroma import loudness_of
from tonearm.algorithms.harmony.decoding import decoded
from tonearm.algorithms.harmony.vocabulary import CHORDS
from tonearm.algorithms.key_profiles import PITCH_CLASSES, TONIC_TRIAD, likeliest_keys
from tonearm.algorithms.pitch_class_profiles import SIZE, pitch_class_profiles
from tonearm.algorithms.rhythm.bar_pointer import track_bars
from tonearm.algorithms.stretches import Stretch, Stretches
from tonearm.features import ANALYSIS_RATE, Block, Feature, Mono, Spectra
from tonearm.features.chord_frames import ChordFrames
from tonearm.features.constant_q import KEYCNN_CQT, KEYCNN_RATE
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity
from tonearm.networks.free.beats import RATE, BeatActivations
from tonearm.networks.free.installed import missing
from tonearm.networks.free.projects import BEATNET

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


class ChordsPartial(Result):
    chords: list[Chord] = quantity(
        "s", "what is new: chords in order; the first begins where the last one ended, and may be the same chord"
    )


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
    partial = ChordsPartial
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
        self._told = 1
        self._told_frames = 0
        self._samples = 0

    def feed(self, feature: Feature, block: Block) -> None:
        if feature == Mono(ANALYSIS_RATE):
            self._samples += len(block)
        else:
            self._take(pitch_class_profiles(block, ANALYSIS_RATE / _FRAME, self.given.tuning))

    def so_far(self) -> ChordsPartial | None:
        if self._told == len(self._chords):
            return None
        chords, strengths = np.concatenate(self._chords[self._told :]), np.concatenate(self._strengths[self._told :])
        found = list(self._segments(chords, strengths, self._told_frames))
        self._told = len(self._chords)
        self._told_frames = self._frames
        return ChordsPartial(chords=found)

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

    def _segments(self, chords: NDArray[np.int8], strengths: Block, first: int = 0) -> Iterator[Chord]:
        """Of the frames from `first` on."""
        borders = [0, *(np.flatnonzero(np.diff(chords)) + 1), len(chords)]
        for begin, end in pairwise(borders):
            start, until = self._border(first + begin), self._border(first + end)
            # The last frame may be centred so far behind the end that none of its chord is left.
            if start < until:
                yield Chord(
                    start=start, end=until, chord=_NAMES[chords[begin]], strength=float(strengths[begin:end].mean())
                )

    def _border(self, frame: int) -> float:
        """The time half-way between a frame's centre and that of the frame before."""
        return min(max(0.0, (frame - 0.5) * _HOP), self._samples) / ANALYSIS_RATE


_MONO = Mono(KEYCNN_CQT.rate)
_BEATS = BeatActivations("beatnet_1")
_CHORDS = ChordFrames()
_STRETCH, _AROUND = 90, 15
"""Seconds of beats that are tracked at a time, and heard around them."""
_OFFSET, _SLOPE = -0.45, 0.94
"""From the log odds of a chord in the model to those that it is right, on renderings that no weight was learnt from.

Fitted on one half of them, it is off by 0.05 on the other: `tools.chords` finds both."""
_BEFORE, _BEHIND = round(3 * KEYCNN_RATE), round(KEYCNN_RATE)
"""Frames heard around what is told while the audio arrives,"""
_NEW = round(4 * KEYCNN_RATE)
"""how many new ones are worth it,"""
_HELD = round(120 * KEYCNN_RATE)
"""and how many are held for that. What is older, because the client was long behind, is told at the end alone."""
_SHORTEST_BEAT, _LONGEST_BEAT = round(RATE * 60 / 215), round(RATE * 60 / 55)
_STEADY = 0.3
"""Mean activation of beats below which there is no grid."""


class ProbableChord(BaseModel):
    start: float = quantity("s", "start of the chord", low=0, decimals=3)
    end: float = quantity("s", "end of the chord", low=0, decimals=3)
    chord: str = quantity(
        "chord", "A Bb B C C# D Eb E F F# G Ab, then nothing for major, m, 7, maj7, m7, dim or sus4; N for no chord"
    )
    probability: float = quantity("1", "how likely the chord is right", low=0, high=1, decimals=3)


class ProbableChordsResult(Result):
    chords: list[ProbableChord] = quantity("s", "chords in order, each beginning at the end of the one before")
    method: Literal["networks", "signal processing"] = Field(
        description="networks if beats by BeatNet are where chords change, signal processing without"
    )


class ProbableChordsPartial(Result):
    chords: list[ProbableChord] = quantity(
        "s",
        "what is new, up to a second ago and not yet on beats: chords in order; the first begins where the last one "
        "ended, and may be the same chord",
    )


class Chords2(Model[Parameters]):
    name = "chords"
    version = 2
    title = "Chords with sevenths"
    group = "key and harmony"
    description = (
        "Seven qualities on any root over time, with how likely each chord is right: from the pitch classes in four "
        "registers of a constant-Q transform, tuned as the track is, by a hidden Markov model. Inversions have the "
        "name of their root. Silence, noise and speech are N. With BeatNet installed (tonearm models pull beatnet), "
        "chords change on beats. Held against rendered progressions that nothing was learnt from (37 of our own, with "
        "drums, melodies and inversions), the whole chord is right for 79 % of the time (95 % interval 73 to 84), its "
        "root for 86 %; against 7 songs of POP909, whose chords were labelled by a program, for 75 % (64 to 85) and "
        "90 %. Counting major and minor only, it is right for 85 % where version 1 is for 49 % (25 of the "
        "progressions). Labelled recordings were not to be had: expect less of them."
    )
    citation = (
        "M. Mauch, S. Dixon: Approximate note transcription for the improved identification of difficult chords. "
        "ISMIR 2010."
    )
    licence = "AGPL-3.0-or-later"
    result = ProbableChordsResult
    partial = ProbableChordsPartial
    features: tuple[Feature, ...] = (_MONO, KEYCNN_CQT, _CHORDS)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._on_grid = missing(BEATNET) is None
        if self._on_grid:
            self.features = (_MONO, KEYCNN_CQT, _CHORDS, _BEATS)
        self._samples = 0
        self._frames = 0
        self._recent = np.empty((0, KEYCNN_CQT.bins), np.float32)
        self._activations = Stretches(round(_STRETCH * RATE), round(_AROUND * RATE))
        self._told = 0
        """Frames whose chords have been told, what they were tuned to, and what the loud ones of them have."""
        self._tuning = np.zeros(2)
        self._loudness = 0.0
        self._chords = [np.empty((0, 2), np.float32)]
        self._beats = [np.empty(0)]

    def feed(self, feature: Feature, block: Block) -> None:
        if feature == _MONO:
            self._samples += len(block)
        elif feature == KEYCNN_CQT:
            self._frames += len(block)
            self._recent = np.concatenate((self._recent, block))[-_HELD:]
        elif feature == _CHORDS:
            self._chords.append(block)
        else:
            for stretch in self._activations.add(block[:, :2]):
                self._track(stretch)

    def so_far(self) -> ProbableChordsPartial | None:
        if self._frames < self._told + _NEW + _BEHIND:
            return None
        held = self._frames - len(self._recent)
        first = max(self._told - _BEFORE, held)
        frames = self._recent[first - held :]
        begin = max(self._told, first) - first
        end = len(frames) - _BEHIND
        self._tuning += tuning_vector(frames[begin:end])
        self._loudness = max(self._loudness, loudness_of(frames))
        path, likely = decoded(frames, cents_of(self._tuning) or 0, self._loudness)
        self._told = first + end
        borders = [begin, *(np.flatnonzero(np.diff(path[begin:end])) + begin + 1), end]
        times = [_time(first + int(border)) for border in borders]
        return ProbableChordsPartial(
            chords=[
                ProbableChord(
                    start=since,
                    end=until,
                    chord=CHORDS[path[one]],
                    probability=calibrated(float(likely[one:other].mean()), _OFFSET, _SLOPE),
                )
                for (one, other), (since, until) in zip(pairwise(borders), pairwise(times), strict=True)
            ]
        )

    def finish(self) -> ProbableChordsResult:
        for stretch in self._activations.finish():
            self._track(stretch)
        frames = np.concatenate(self._chords)
        return ProbableChordsResult(
            chords=self._segments(frames[:, 0].astype(np.int16), frames[:, 1]),
            method="networks" if self._on_grid else "signal processing",
        )

    def _track(self, stretch: Stretch) -> None:
        frames = track_bars(stretch.frames.astype(np.float64), _SHORTEST_BEAT, _LONGEST_BEAT).frames
        new = frames[(stretch.begin <= frames) & (frames < stretch.end)]
        if len(new) and stretch.frames.sum(axis=1)[new].mean() >= _STEADY:
            self._beats.append((stretch.first + new) / RATE)

    def _segments(self, chords: NDArray[np.int16], probabilities: Block) -> list[ProbableChord]:
        changes = np.flatnonzero(np.diff(chords)) + 1
        seconds = self._samples / _MONO.rate
        frames = np.array([0, *changes, len(chords)])
        times = on_beats((frames[1:-1] - 0.5) / KEYCNN_RATE, np.concatenate(self._beats))
        borders = [0.0, *np.minimum(times, seconds), seconds]
        found: list[ProbableChord] = []
        for (first, last), (start, end) in zip(pairwise(frames), pairwise(borders), strict=True):
            if start < end:
                likely = calibrated(float(probabilities[first:last].mean()), _OFFSET, _SLOPE)
                found.append(ProbableChord(start=start, end=end, chord=CHORDS[chords[first]], probability=likely))
        return _merged(found)


def _time(frame: int) -> float:
    """Half-way between a frame's centre and that of the frame before, in s."""
    return max(0.0, (frame - 0.5) / KEYCNN_RATE)


def _merged(chords: list[ProbableChord]) -> list[ProbableChord]:
    """Equal chords in a row as one: where what lay between them is gone."""
    found: list[ProbableChord] = []
    for chord in chords:
        if found and found[-1].chord == chord.chord:
            before = found.pop()
            lengths = (before.end - before.start, chord.end - chord.start)
            likely = float(np.average((before.probability, chord.probability), weights=lengths))
            chord = ProbableChord(start=before.start, end=chord.end, chord=chord.chord, probability=likely)
        found.append(chord)
    return found
