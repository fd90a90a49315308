"""Neighbours, filters, paths and duplicates among vectors whose angles are known."""

from __future__ import annotations

import shutil
from math import cos, radians
from pathlib import Path

import pytest

from tests.support.library import Entry, write_library
from tonearm.library.duplicates import duplicates
from tonearm.library.library import Library, UnknownTrack, middle
from tonearm.library.mixing import Mixing
from tonearm.library.path import path
from tonearm.library.reading import NoLibrary, read
from tonearm.results.music import Key

AM, C, EM, FSM = Key("A", "minor"), Key("C", "major"), Key("E", "minor"), Key("F#", "minor")
ENTRIES = [
    Entry("/music/a.flac", 0, AM, 120),
    Entry("/music/b.mp3", 10, C, 121),
    Entry("/music/c.mp3", 25, FSM, 60),
    Entry("/music/d.mp3", 45, None, 170),
    Entry("/music/e.mp3", 60, EM, None),
    Entry("/music/f.mp3", 90, AM, 124),
    Entry("/music/far.mp3", 200, AM, 120),
    Entry("/music/silence.wav", None),
    Entry("/music/copy of a.flac", 0, AM, 120, digest="/music/a.flac"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("library"), ENTRIES)


@pytest.fixture(scope="module")
def library(folder: Path) -> Library:
    return read(folder)


def names(matches: list[str]) -> str:
    return "".join(Path(match).stem[0] for match in matches)


def nearest(library: Library, source: str, mixing: Mixing | None = None, count: int = 10) -> str:
    row = library.row(source)
    among = library.except_for([row])
    if mixing:
        among &= mixing.of(library.tracks[row], library)
    return names([match.track.source for match in library.nearest(library.vectors[row], among, count)])


def test_reads_tracks_with_an_embedding_once_each(library: Library) -> None:
    assert names([track.source for track in library.tracks]) == "abcdeff"
    track = library.tracks[library.row("/music/copy of a.flac")]
    assert (track.source, track.key, track.tempo, track.seconds, track.codec) == ("/music/a.flac", AM, 120, 200, "mp3")
    assert library.sources(track) == ["/music/a.flac", "/music/copy of a.flac"]
    assert library.row(track.id) == library.row("/music/a.flac")
    assert library.tracks[library.row("/music/d.mp3")].key is None, "it is not certain"
    with pytest.raises(UnknownTrack, match=r"nowhere\.mp3 is not in this library"):
        library.row("nowhere.mp3")


def test_the_nearest_come_first_with_the_cosine_of_their_angle(library: Library) -> None:
    assert nearest(library, "/music/a.flac") == "bcdeff"
    assert nearest(library, "/music/d.mp3", count=3) == "ecb"
    matches = library.nearest(library.vectors[0], library.except_for([0]), 10)
    assert [match.similarity for match in matches] == pytest.approx(
        [cos(radians(angle)) for angle in (10, 25, 45, 60)] + [0, 0], abs=1e-6
    )


def test_what_is_like_two_tracks_is_like_their_middle(library: Library) -> None:
    rows = [library.row("/music/b.mp3"), library.row("/music/e.mp3")]
    matches = library.nearest(middle(library.vectors[rows]), library.except_for(rows), 2)
    assert names([match.track.source for match in matches]) == "cd"


@pytest.mark.parametrize(
    ("mixing", "found"),
    [
        (Mixing(key=True), "beff"),  # C is the relative key, E minor a fifth above, A minor the same; F# minor is none
        (Mixing(tempo=1), "bcf"),  # 121, and 60 as half of it; far.mp3 has 120
        (Mixing(tempo=4), "bcff"),
        (Mixing(key=True, tempo=4), "bff"),
    ],
)
def test_filters_by_key_and_tempo(library: Library, mixing: Mixing, found: str) -> None:
    assert nearest(library, "/music/a.flac", mixing) == found


def test_a_path_leads_over_what_lies_between(library: Library) -> None:
    begin, end = library.row("/music/a.flac"), library.row("/music/f.mp3")
    steps = path(library, begin, end, 5, Mixing())
    assert names([match.track.source for match in steps]) == "acdef", "the nearest to 22.5, 45 and 67.5 degrees"
    assert [match.similarity for match in steps] == sorted((match.similarity for match in steps), reverse=True)
    assert names([match.track.source for match in path(library, begin, end, 2, Mixing())]) == "af"
    assert names([match.track.source for match in path(library, begin, end, 100, Mixing())]) == "abcdef"
    assert names([match.track.source for match in path(library, begin, begin, 5, Mixing())]) == "a"
    mixed = path(library, begin, end, 5, Mixing(key=True))
    assert names([match.track.source for match in mixed]) == "abf", "E minor is beside A minor, not beside C major"


def test_duplicates_are_near_equally_long_and_in_one_key(tmp_path: Path) -> None:
    library = read(
        write_library(
            tmp_path,
            [
                Entry("1.flac", 0, AM, 120, 200),
                Entry("1.mp3", 5, AM, 120.1, 200.05),
                Entry("1 remastered.flac", 10, None, 60, 202),
                Entry("1 extended.flac", 0, AM, 120, 300),
                Entry("1 in another key.flac", 0, FSM, 120, 200),
                Entry("1 faster.flac", 0, AM, 140, 200),
                Entry("2.flac", 90, EM, 90, 200),
                Entry("2 copy.flac", 90, EM, 90, 200, digest="2.flac"),
                Entry("3.flac", 120, C, 90, 200),
            ],
        )
    )
    found = [[track.source for track in group] for group in duplicates(library)]
    assert found == [["1 remastered.flac", "1.flac", "1.mp3"], ["2.flac"]]


def test_a_part_that_is_not_whole_is_not_there(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    for table in ("tracks", "results/model=embedding/version=1"):
        shutil.copy(copy / table / "part-000001.parquet", copy / table / "part-999999.parquet")
    assert len(read(copy)) == 7


def test_says_what_is_no_library(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NoLibrary, match="make one with `tonearm library index FOLDER --library"):
        read(tmp_path)
    with pytest.raises(NoLibrary, match="has no embedding embedding_musicnn, but embedding:1"):
        read(folder, "embedding_musicnn")
    assert len(read(folder, "embedding:1")) == len(read(folder, "embedding")) == 7
    with pytest.raises(NoLibrary, match="has no track with an embedding"):
        read(write_library(tmp_path / "silent", [Entry("silence.wav", None)]))
