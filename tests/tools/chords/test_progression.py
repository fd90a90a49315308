"""Composed progressions: their notes are those of their chords."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tools.chords.progression import composed
from tools.chords.song import Part, Song

from tonearm.algorithms.harmony.vocabulary import NO_CHORD, QUALITIES, ROOTS

SEEDS = range(40)


def tones_of(chord: int) -> tuple[set[int], int]:
    """Pitch classes, and the fifth among them."""
    quality, root = divmod(chord, len(ROOTS))
    tones = [(root + step) % 12 for step in list(QUALITIES.values())[quality]]
    return set(tones), tones[2]


@pytest.mark.parametrize("seed", SEEDS)
def test_notes_are_of_the_chord(seed: int) -> None:
    song = composed(seed)
    assert {segment.chord for segment in song.segments} - {NO_CHORD}
    for segment in song.segments:
        middle_of = [note for note in song.notes if segment.start <= (note.start + note.end) / 2 < segment.end]
        sounding = {note.pitch % 12 for note in middle_of if note.part in (Part.CHORDS, Part.BASS, Part.PAD)}
        if segment.chord == NO_CHORD:
            assert not {note.part for note in middle_of} - {Part.DRUMS}
        else:
            tones, fifth = tones_of(segment.chord)
            assert tones - {fifth} <= sounding <= tones


@pytest.mark.parametrize("seed", SEEDS)
def test_no_note_is_in_two_segments(seed: int) -> None:
    song = composed(seed)
    for note in song.notes:
        among = [
            segment for segment in song.segments if note.start < segment.end - 1e-6 and note.end > segment.start + 1e-6
        ]
        assert len(among) == 1
        assert 0 <= note.pitch < 128
        assert note.part in song.programs or note.part == Part.DRUMS


@pytest.mark.parametrize("seed", SEEDS)
def test_segments_follow_one_another_to_the_end(seed: int) -> None:
    song: Song = composed(seed)
    assert song.segments[0].start == 0
    assert song.segments[-1].end == pytest.approx(song.seconds + song.silence)
    for one, following in pairwise(song.segments):
        assert one.end == following.start


def test_a_seed_is_a_song() -> None:
    assert composed(7) == composed(7)
    assert composed(7) != composed(8)


def test_every_chord_is_played() -> None:
    chords = {segment.chord for seed in SEEDS for segment in composed(seed).segments}
    assert chords == set(range(NO_CHORD + 1))
