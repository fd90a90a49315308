"""Contours and the melody among them, against Essentia's PitchContours and PitchContoursMelody: every bit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tonearm.algorithms.melody import SaliencePeaks, find_contours, melody
from tonearm.algorithms.melody.salience import BINS

Saliences = NDArray[np.float32]

BUMP = np.cos(np.arange(-9, 10) / 10 * np.pi / 2) ** 2


def tones(length: int, *tracks: tuple[float, NDArray[np.float64]]) -> Saliences:
    """Tracks of a height and a bin for each frame, NaN where there is none, in a little noise."""
    random = np.random.default_rng(length)
    saliences = random.uniform(0, 0.01, (length, BINS + 20))
    for height, bins in tracks:
        for frame in np.flatnonzero(~np.isnan(bins)):
            begin = round(bins[frame]) + 1
            saliences[frame, begin : begin + len(BUMP)] += height * random.uniform(0.9, 1.1) * BUMP
    return saliences[:, 10 : 10 + BINS].astype(np.float32)


def wandering(length: int) -> Saliences:
    """Five voices that wander, fade and cross."""
    random = np.random.default_rng(7)
    tracks = []
    for height in (1, 0.9, 0.8, 0.8, 0.5):
        bins = 300 + np.cumsum(random.normal(0, 3, length)) + random.uniform(-150, 150)
        bins[random.uniform(size=length) < 0.05] = np.nan
        tracks.append((height, np.clip(bins, 5, 590)))
    return tones(length, *tracks)


def notes(length: int) -> Saliences:
    """Two voices with notes of all lengths, an octave apart now and then."""
    random = np.random.default_rng(8)
    tracks = []
    for height in (1.0, 0.95):
        bins = np.full(length, np.nan)
        begin = 0
        while begin < length:
            end = begin + int(random.integers(20, 200))
            bins[begin:end] = 120 * random.integers(0, 5) + 10 * random.integers(0, 3) + 30
            begin = end + int(random.integers(0, 60))
        tracks.append((height, bins))
    return tones(length, *tracks)


def octaves(length: int) -> Saliences:
    return tones(length, (1, np.full(length, 100.0)), (0.95, np.full(length, 220.0)), (0.9, np.full(length, 340.0)))


def vibrato(length: int) -> Saliences:
    """A loud tone, a faint one with a vibrato, and one that goes below 80 Hz."""
    bins = np.full((3, length), np.nan)
    first, last = length // 6, length - length // 6
    bins[0, :first] = 300
    bins[1, first:last] = 350 + 8 * np.sin(np.arange(last - first) / 9)
    bins[2, last:] = np.linspace(90, 40, length - last)
    return tones(length, *zip((1, 0.6, 0.9), bins, strict=True))


def loud_start(length: int) -> Saliences:
    """The highest peak of all is in the first frame and leads nowhere: there Essentia stops to look."""
    saliences = tones(length, (1, np.full(length, 200.0)))
    saliences[0, 400] = 2
    return saliences


def gaps(length: int) -> Saliences:
    """A tone that is not salient in gaps of 33, 34 and 35 frames, beside one that is higher then."""
    bins = np.full(length, 200.0)
    other = np.full(length, np.nan)
    for begin in range(40, length - 40, 120):
        gap = 33 + begin // 120 % 3
        other[begin : begin + gap] = 450
    return tones(length, (1, bins), (3, other))


def equal(length: int) -> Saliences:
    """All peaks are as high as each other, and many as near."""
    saliences = np.zeros((length, BINS), np.float32)
    saliences[:, 100:500:6] = 1
    saliences[::3, 103:500:12] = 1
    return saliences


def noise(length: int) -> Saliences:
    return np.random.default_rng(9).exponential(1, (length, BINS)).astype(np.float32)


def silence(length: int) -> Saliences:
    return np.zeros((length, BINS), np.float32)


@pytest.mark.release
@pytest.mark.parametrize("length", [1, 34, 35, 36, 200, 2500])
@pytest.mark.parametrize("kind", [wandering, notes, octaves, vibrato, loud_start, gaps, equal, noise, silence])
def test_contours_and_melody_are_essentias(kind: Callable[[int], Saliences], length: int) -> None:
    import essentia.standard as es

    saliences = kind(length)
    find = es.PitchSalienceFunctionPeaks(minFrequency=1, maxFrequency=20_000)
    bins, heights = zip(*(find(row) for row in saliences), strict=True)
    expected, _, starts, duration = es.PitchContours()(list(bins), list(heights))
    pitch, confidence = es.PitchContoursMelody()(expected, _, starts, duration)

    peaks = SaliencePeaks()
    for start in range(0, length, 999):
        peaks.add(saliences[start : start + 999])
    contours = list(find_contours(peaks.finish()))
    assert [contour.bins.tolist() for contour in contours] == [each.tolist() for each in expected]
    assert [contour.begin for contour in contours] == [round(start * 44_100 / 128) for start in starts]
    found, certainty = melody(contours, length)
    np.testing.assert_allclose(found, pitch, rtol=2e-7)
    np.testing.assert_array_equal(certainty, confidence)


@pytest.mark.parametrize(
    ("kind", "contours", "voiced"), [(octaves, 3, 1), (vibrato, 3, 5 / 6), (loud_start, 0, 0), (silence, 0, 0)]
)
def test_the_melody_leaves_out(kind: Callable[[int], Saliences], contours: int, voiced: float) -> None:
    saliences = kind(2500)
    peaks = SaliencePeaks()
    peaks.add(saliences)
    found = list(find_contours(peaks.finish()))
    assert len(found) == contours
    assert (melody(found, 2500)[0] > 0).mean() == pytest.approx(voiced, abs=0.01)


def test_no_frames_no_melody() -> None:
    pitch, confidence = melody(list(find_contours(SaliencePeaks().finish())), 0)
    assert len(pitch) == len(confidence) == 0
