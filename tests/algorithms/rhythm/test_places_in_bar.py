"""Places in the bar, of beats whose harmony and activations are made to begin bars at known ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tonearm.algorithms.rhythm.places_in_bar import harmonic_changes, places_in_bar

CHORDS = ([0, 4, 7], [9, 0, 4], [5, 9, 0], [7, 11, 2])
PER_BEAT = 25
Floats = NDArray[np.float64]


def chroma_of(bars: list[int], frames_per_beat: int = 5) -> Floats:
    """A chord a bar, with bars of so many beats; a little of all else."""
    random = np.random.default_rng(1)
    rows = []
    for bar, beats in enumerate(bars):
        chord = np.zeros(12)
        chord[CHORDS[bar % 4]] = 1
        rows += [chord] * (beats * frames_per_beat)
    return np.array(rows) + random.uniform(0, 0.1, (len(rows), 12))


def numbers(bars: list[int]) -> list[int]:
    return [place for beats in bars for place in range(1, beats + 1)]


def activations_of(downbeats: Any, count: int) -> Floats:
    """Of a network that hears each beat, and the given ones as downbeats."""
    heard = np.full((count * PER_BEAT, 2), 0.01)
    heard[::PER_BEAT] = 0.6, 0.2
    heard[::PER_BEAT][downbeats] = 0.2, 0.6
    return heard


def places(bars: list[int], metre: int, downbeats: Any, chroma: Floats | None = None) -> list[int]:
    count = sum(bars)
    beats = np.arange(count) * float(PER_BEAT)
    chroma = chroma_of(bars) if chroma is None else chroma
    found = places_in_bar(activations_of(downbeats, count), beats.astype(np.float64), metre, chroma, 5 / PER_BEAT)
    return [int(place) for place in found]


@pytest.mark.parametrize("metre", [3, 4])
@pytest.mark.parametrize("first", [1, 2, 3])
def test_bars_begin_where_chords_change(metre: int, first: int) -> None:
    """The network hears a downbeat on every other beat, or none."""
    bars = [first, *[metre] * 30]
    expected = numbers(bars)[first:]
    for downbeats in (slice(0, 0), slice(None, None, 2)):
        assert places(bars, metre, downbeats)[first:] == expected


def test_without_a_harmony_the_network_says_it() -> None:
    bars = [4] * 30
    for chroma in (np.zeros((600, 12)), np.ones((600, 12)), np.empty((0, 12))):
        assert places(bars, 4, slice(2, None, 4), chroma) == [3, 4, 1, 2] * 30


def test_one_bar_of_two_beats_shifts_those_behind_it() -> None:
    bars = [*[4] * 60, 2, *[4] * 60]
    found, expected = places(bars, 4, slice(0, 0)), numbers(bars)
    # Which of the bars around it is the short one, cannot be told.
    assert found[:232] == expected[:232]
    assert found[252:] == expected[252:]


def test_a_single_change_elsewhere_shifts_nothing() -> None:
    bars = [4] * 40
    chroma = chroma_of(bars)
    chroma[410:415] = chroma[0]
    assert places(bars, 4, slice(0, 0), chroma) == numbers(bars)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_few_beats_have_places(count: int) -> None:
    assert places([count], 4, slice(0, 1)) == numbers([4, 4])[:count]


def test_changes_are_those_of_their_definition() -> None:
    random = np.random.default_rng(2)
    chroma = random.uniform(0, 1, (300, 12))
    beats = np.cumsum(random.integers(4, 9, 40)).astype(np.float64)
    found = harmonic_changes(chroma, beats)
    edges = [int(beat) for beat in beats]
    for i in range(4, len(edges) - 4):
        before, behind = chroma[edges[i - 4] : edges[i]].mean(axis=0), chroma[edges[i] : edges[i + 4]].mean(axis=0)
        cosine = before @ behind / np.linalg.norm(before) / np.linalg.norm(behind)
        assert found[i] == pytest.approx(1 - cosine)
    assert not found[:4].any()
