"""`tonearm similar` and `tonearm library`: the real commands on libraries whose vectors are known, and on sound."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable
from math import cos, radians
from pathlib import Path

import pytest

from tests.support.command import tonearm
from tests.support.library import Entry, write_library
from tests.support.media import BY_NAME, encode
from tests.support.sounds import wav
from tests.support.varied import varied
from tonearm.results.music import Key

AM, C = Key("A", "minor"), Key("C", "major")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("similar")
    for name in ("one.mp3", "two.mp3", "copy.mp3"):
        (folder / name).touch()
    write_library(
        folder / "library",
        [
            Entry(str(folder / "one.mp3"), 0, AM, 120),
            Entry(str(folder / "two.mp3"), 10, C, 121.5, 200.4),
            Entry("/gone/three.mp3", 40, None, 60),
            Entry("/gone/four.mp3", 80, AM, 90, digest="four"),
            Entry(str(folder / "copy.mp3"), 80, AM, 90, digest="four"),
        ],
    )
    return folder


def test_lists_neighbours_for_people_and_programs(folder: Path) -> None:
    done = tonearm("similar", "one.mp3", "--library", "library", cwd=folder)
    assert (done.returncode, done.stderr) == (0, b"")
    rows = [line.split() for line in done.stdout.decode().splitlines()]
    assert rows == [
        ["similarity", "track", "key", "BPM", "length"],
        ["0.985", str(folder / "two.mp3"), "8B", "121.5", "3:20"],
        ["0.766", "/gone/three.mp3", "-", "60.0", "3:20"],
        ["0.174", str(folder / "copy.mp3"), "8A", "90.0", "3:20"],
    ], "a track is named by a place where it still is"
    done = tonearm("similar", "one.mp3", "-l", "library", "--key", "--tempo", "2", "-f", "json", cwd=folder)
    (line,) = map(json.loads, done.stdout.splitlines())
    assert line.pop("track")
    assert line == {
        "similarity": round(cos(radians(10)), 4),
        "source": str(folder / "two.mp3"),
        "key": "C major",
        "camelot": "8B",
        "tempo": 121.5,
        "seconds": 200.4,
    }


@pytest.mark.release
def test_writes_a_path_as_a_playlist(folder: Path) -> None:
    path = tonearm("similar", "one.mp3", "--to", "/gone/four.mp3", "-n", "5", "-l", "library", "-f", "m3u", cwd=folder)
    assert path.stdout.decode().splitlines()[2::2] == [
        *(str(folder / name) for name in ("one.mp3", "two.mp3")),
        "/gone/three.mp3",
        str(folder / "copy.mp3"),
    ]


@pytest.mark.release
def test_lists_duplicates_that_are_still_there(folder: Path) -> None:
    done = tonearm("library", "duplicates", "--library", "library", "--format", "json", cwd=folder)
    assert (done.returncode, done.stderr) == (0, b"")
    (group,) = map(json.loads, done.stdout.splitlines())
    assert [(Path(track["source"]).name, track["codec"]) for track in group["tracks"]] == [
        ("one.mp3", "mp3"),
        ("two.mp3", "mp3"),
    ], "of copy.mp3 the other place is gone"


@pytest.mark.release
def test_says_what_is_wrong(folder: Path) -> None:
    none = tonearm("similar", "/gone/three.mp3", "--library", "library", "--key", cwd=folder)
    assert (none.returncode, none.stdout) == (1, b"")
    assert none.stderr.decode() == "tonearm: No track of the library mixes with it.\n"
    other = tonearm("similar", "one.mp3", "--library", ".", cwd=folder)
    assert other.returncode == 1
    assert "is no library: make one with `tonearm library index FOLDER --library .`" in other.stderr.decode()


@pytest.mark.release
def test_indexes_a_folder_and_finds_what_it_has_not_and_duplicates_in_it(tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    for number in range(6):
        (music / f"{number}.wav").write_bytes(wav(varied(number, 12).samples))
    (music / "2 again.mp3").write_bytes(encode(BY_NAME["mp3-cbr"], varied(2, 12).samples))
    (music / "silence.wav").write_bytes(wav(varied(1, 12).samples * 0))
    (tmp_path / "asked.m4a").write_bytes(encode(BY_NAME["m4a-aac"], varied(4, 12).samples))
    library = ("--library", tmp_path / "library")
    indexed = tonearm("library", "index", music, *library)
    assert (indexed.returncode, indexed.stderr) == (0, b"")
    done = tonearm("similar", tmp_path / "asked.m4a", *library, "--format", "json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == 7, "silence has no embedding"
    assert Path(found[0]["source"]).name == "4.wav"
    assert found[0]["similarity"] > 0.95 > found[1]["similarity"]
    groups = tonearm("library", "duplicates", *library, "-f", "json").stdout.splitlines()
    names = [sorted(Path(track["source"]).name for track in json.loads(group)["tracks"]) for group in groups]
    assert names == [["2 again.mp3", "2.wav"]]
    silent = tonearm("similar", music / "silence.wav", *library)
    assert silent.returncode == 1
    assert silent.stderr.decode() == f"tonearm: {music / 'silence.wav'}: It is silent.\n"


@pytest.mark.release
@pytest.mark.timeout(1800)
def test_of_a_thousand_tracks_none_is_lost(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """990 in FLAC, ten of them in MP3 too; without networks, which would only find other tempi and keys."""
    music, tracks, copies = tmp_path / "music", 990, range(0, 990, 99)
    music.mkdir()
    for number in range(tracks):
        samples = varied(number, 7).samples
        (music / f"{number}.flac").write_bytes(encode(BY_NAME["flac-16"], samples))
        if number in copies:
            (music / f"{number}.mp3").write_bytes(encode(BY_NAME["mp3-cbr"], samples))
    library, networks = ("--library", tmp_path / "library"), str(tmp_path / "models")

    def costs(what: str) -> None:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        record_property(f"CPU s after {what}", round(used.ru_utime + used.ru_stime, 1))
        record_property(f"MiB at most, of one process, after {what}", round(used.ru_maxrss / 1024))

    indexed = tonearm("library", "index", music, *library, TONEARM_MODELS_DIR=networks)
    costs("index")
    assert (indexed.returncode, indexed.stderr) == (0, b"")
    every = tonearm("similar", music / "0.flac", *library, "-n", "2000", "-f", "json", TONEARM_MODELS_DIR=networks)
    costs("similar")
    found = [json.loads(line) for line in every.stdout.splitlines()]
    assert sorted(Path(each["source"]).name for each in found) == sorted(
        each.name for each in music.iterdir() if each.name != "0.flac"
    )
    assert Path(found[0]["source"]).name == "0.mp3"
    listed = tonearm("library", "duplicates", *library, "-f", "json", TONEARM_MODELS_DIR=networks)
    costs("duplicates")
    groups = [
        {Path(track["source"]).name for track in json.loads(line)["tracks"]} for line in listed.stdout.splitlines()
    ]
    record_property("groups that are none", len(groups) - len(copies))
    assert all(any({f"{copy}.flac", f"{copy}.mp3"} <= group for group in groups) for copy in copies)
    assert len(groups) <= 2 * len(copies)
