from __future__ import annotations

import wave
from pathlib import Path

import pytest

from tests.support.certainty import beats_result, key_result
from tests.support.command import tonearm
from tests.support.ffmpeg import packets, read_by_ffmpeg
from tests.support.media import BY_NAME, encoded
from tests.support.sounds import SOUNDS
from tonearm.cli.backend import Outcome
from tonearm.cli.source import Kind, Source
from tonearm.cli.tag import changes
from tonearm.results.analysis import Analysis
from tonearm.sample import sample_track


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of several kinds, and four that have nothing to write or cannot be written."""
    for kind, name in (("mp3-cbr", "a.mp3"), ("flac-16", "b.flac"), ("opus", "c.opus"), ("m4a-aac", "d.m4a")):
        (tmp_path / name).write_bytes(encoded(BY_NAME[kind]))
    (tmp_path / "music.wav").write_bytes(sample_track(6))
    with wave.open(str(tmp_path / "silence.wav"), "wb") as silence:
        silence.setnchannels(1)
        silence.setsampwidth(2)
        silence.setframerate(44_100)
        silence.writeframes(bytes(2 * 44_100 * 4))
    (tmp_path / "film.webm").write_bytes(encoded(BY_NAME["webm-opus"]))
    (tmp_path / "broken.mp3").write_bytes(b"no audio " * 100)
    (tmp_path / "locked.flac").write_bytes(encoded(BY_NAME["flac-16"]))
    (tmp_path / "locked.flac").chmod(0o444)
    return tmp_path


@pytest.mark.release
def test_tags_are_shown_then_written_then_the_same(folder: Path) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    sound = {file.name: packets(file) for file in folder.iterdir() if file.name != "broken.mp3"}

    shown = tonearm("tag", folder, "--jobs", "1")
    assert shown.returncode == 1
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    heading, *rows = shown.stdout.decode().splitlines()
    assert heading.split() == ["file", "tag", "now", "would", "be"]
    assert [str(folder / "music.wav"), "TBPM", "-", "120"] in [row.split()[:4] for row in rows]
    assert ["TKEY", "-", "Am"] in [row.split()[:3] for row in rows]
    assert "nothing to write" in next(row for row in rows if "silence.wav" in row)

    written = tonearm("tag", folder, "--write", "--jobs", "1")
    assert written.returncode == 1
    complaints = written.stderr.decode()
    assert f"{folder / 'locked.flac'}: The file is read-only." in complaints
    assert f"{folder / 'film.webm'}: Tags can be written to MP3" in complaints
    assert f"{folder / 'broken.mp3'}: " in complaints
    changed = {file.name for file in folder.iterdir() if file.read_bytes() != before[file.name]}
    assert changed == {"a.mp3", "b.flac", "c.opus", "d.m4a", "music.wav"}
    assert {file.name: packets(file) for file in folder.iterdir() if file.name != "broken.mp3"} == sound

    music = read_by_ffmpeg(folder / "music.wav")
    assert (music["TBPM"], music["TKEY"]) == ("120", "Am")
    assert music["REPLAYGAIN_TRACK_GAIN"].endswith(" dB")
    assert int(read_by_ffmpeg(folder / "c.opus")["R128_TRACK_GAIN"]) < 0

    again = tonearm("tag", folder / "music.wav", "--write")
    assert again.returncode == 0
    (row,) = (row.split() for row in again.stdout.decode().splitlines() if "KEY" in row)
    assert row[:3] == ["TKEY", "Am", "Am"]


@pytest.mark.parametrize(
    ("key", "beats", "uncertain", "written"),
    [
        ("certain", "certain", False, {"TBPM": "120", "TKEY": "Am"}),
        ("uncertain", "certain", False, {"TBPM": "120"}),
        ("certain", "uncertain", False, {"TKEY": "Am"}),
        ("uncertain", "uncertain", False, {}),
        ("uncertain", "uncertain", True, {"TBPM": "120", "TKEY": "Am"}),
        ("none", "none", True, {}),
    ],
)
def test_what_is_uncertain_is_shown_and_written_only_if_that_is_wanted(
    tmp_path: Path, key: str, beats: str, uncertain: bool, written: dict[str, str]
) -> None:
    file = tmp_path / "track.wav"
    file.write_bytes(sample_track(1))
    analysis = Analysis(results={"key": key_result(key), "beats": beats_result(beats)}, errors=[])
    told = {each.tag: each for each in changes(Outcome(Source(str(file), Kind.FILE), analysis), True, uncertain)}
    tags = read_by_ffmpeg(file)
    assert {name: tags[name] for name in ("TBPM", "TKEY") if name in tags} == written
    assert {name: each.new for name, each in told.items() if each.new is not None} == written
    shown = {"certain": ["89 %"], "uncertain": ["Am is uncertain, 37 %"], "none": []}
    assert [each.note for name, each in told.items() if name == "TKEY"] == shown[key]
    assert ("TBPM" in told) == (beats != "none")


@pytest.mark.release
def test_tones_without_key_or_beat_have_nothing_to_write_but_their_gain(tmp_path: Path) -> None:
    file = tmp_path / "tones.wav"
    file.write_bytes(SOUNDS["mono"])
    assert tonearm("tag", file, "--write").returncode == 0
    tags = read_by_ffmpeg(file)
    assert "REPLAYGAIN_TRACK_GAIN" in tags
    assert not {"TBPM", "TKEY"} & set(tags)


@pytest.mark.release
def test_what_the_beginning_alone_says_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "long.wav"
    file.write_bytes(sample_track(6))
    before = file.read_bytes()
    done = tonearm("tag", file, "--write", TONEARM_MAX_SECONDS="5")
    assert done.returncode == 1
    assert done.stdout == b""
    assert b"longer than 5 seconds" in done.stderr
    assert file.read_bytes() == before


@pytest.mark.release
def test_a_wav_that_came_out_of_a_pipe_is_tagged(tmp_path: Path) -> None:
    file = tmp_path / "piped.wav"
    sound = sample_track(6)
    file.write_bytes(sound[:4] + b"\xff" * 4 + sound[8:40] + b"\xff" * 4 + sound[44:])
    before = packets(file)
    done = tonearm("tag", file, "--write")
    assert (done.returncode, done.stderr) == (0, b"")
    assert read_by_ffmpeg(file)["TKEY"] == "Am"
    assert packets(file) == before


@pytest.mark.release
def test_only_files_have_tags() -> None:
    done = tonearm("tag", "-", "http://127.0.0.1:1/track.mp3", "/no/such.mp3")
    assert done.returncode == 1
    assert done.stdout == b""
    assert [line.split(": ")[1:] for line in sorted(done.stderr.decode().splitlines())] == [
        ["-", "Only files have tags."],
        ["/no/such.mp3", "No such file or directory."],
        ["http://127.0.0.1:1/track.mp3", "Only files have tags."],
    ]
