from __future__ import annotations

import wave
from pathlib import Path

import pytest

from tests.support.certainty import beats_result, key_result
from tests.support.command import lines, tonearm
from tests.support.ffmpeg import packets, read_by_ffmpeg
from tests.support.media import BY_NAME, encoded
from tests.support.sounds import SOUNDS
from tonearm.cli import app
from tonearm.cli.backend import Outcome
from tonearm.cli.source import Kind, Source
from tonearm.cli.tag_changes import Choice, changes, to_write
from tonearm.results.analysis import Analysis
from tonearm.sample import sample_track
from tonearm.tags import opened, write

ALBUM_TAGS = {"REPLAYGAIN_ALBUM_GAIN", "REPLAYGAIN_ALBUM_PEAK"}
GRID = {"GEOB:Serato BeatGrid": "0.000 s, 120.0000 bpm"}


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
        ("certain", "certain", False, {"TBPM": "120", "TKEY": "Am", **GRID}),
        ("uncertain", "certain", False, {"TBPM": "120", **GRID}),
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
    told = {
        each.tag: each for each in changes(Outcome(Source(str(file), Kind.FILE), analysis), Choice(uncertain=uncertain))
    }
    write(str(file), to_write(told.values()))
    tags = read_by_ffmpeg(file)
    # FFmpeg passes a grid over; serato-tools reads it elsewhere.
    assert {name: tags[name] for name in ("TBPM", "TKEY") if name in tags} == {
        name: value for name, value in written.items() if name not in GRID
    }
    assert [opened(str(file)).get(name) for name in GRID] == [written.get(name) for name in GRID]
    assert {name: each.new for name, each in told.items() if each.new is not None} == written
    shown = {"certain": ["89 %"], "uncertain": ["Am is uncertain, 37 %"], "none": []}
    assert [each.note for name, each in told.items() if name == "TKEY"] == shown[key]
    assert ("TBPM" in told) == (beats != "none")


@pytest.mark.parametrize(("overwrite", "bpm", "key"), [(False, "60", "Am"), (True, "120", "Am")])
def test_what_is_there_is_kept_unless_it_is_to_be_overwritten(
    tmp_path: Path, overwrite: bool, bpm: str, key: str
) -> None:
    file = tmp_path / "track.wav"
    file.write_bytes(sample_track(1))
    write(str(file), {"TBPM": "60"})
    analysis = Analysis(results={"key": key_result("certain"), "beats": beats_result("certain")}, errors=[])
    told = changes(Outcome(Source(str(file), Kind.FILE), analysis), Choice(overwrite=overwrite))
    assert {each.tag: each.new for each in told} == {"TBPM": bpm, "TKEY": key, **GRID}
    assert told[0].note == ("93 %" if overwrite else "120 is found, and the tag is kept, 93 %")
    assert to_write(told) == {"TKEY": "Am", **GRID, **({"TBPM": "120"} if overwrite else {})}


@pytest.mark.release
def test_an_album_is_tagged_told_of_in_json_and_undone(tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    for name, seconds in (("one.wav", 6), ("two.wav", 8)):
        (music / name).write_bytes(sample_track(seconds))
    before = {file: packets(file) for file in music.iterdir()}
    log = tmp_path / "before.jsonl"
    options = ("--only", "key,gain", "--key-notation", "camelot", "--album", "folder", "--preserve-mtime")
    times = {file: file.stat().st_mtime_ns for file in before}
    done = tonearm("tag", music, "--write", "--json", "--save-undo", log, *options)
    assert (done.returncode, done.stderr) == (0, b"")
    told = lines(done.stdout)
    assert set(told) == {str(file) for file in before}
    for file, sound in before.items():
        tags = read_by_ffmpeg(file)
        line = told[str(file)]
        assert (line["written"], line["errors"]) == (True, [])
        assert {each["tag"].removeprefix("TXXX:"): each["new"] for each in line["tags"]}.items() <= tags.items()
        assert tags["TKEY"] == "8A"
        assert {name for name in tags if name.startswith("REPLAYGAIN_ALBUM")} == ALBUM_TAGS
        assert "TBPM" not in tags
        assert packets(file) == sound
        assert file.stat().st_mtime_ns == times[file]
    assert len({read_by_ffmpeg(file)["REPLAYGAIN_ALBUM_GAIN"] for file in before}) == 1
    undone = tonearm("tag", "--undo", log)
    assert (undone.returncode, undone.stderr) == (0, b"files with their tags back: 2\n")
    for file, sound in before.items():
        assert not {"TKEY", "REPLAYGAIN_ALBUM_GAIN"} & set(read_by_ffmpeg(file))
        assert packets(file) == sound


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name files or folders"),
        (["x.mp3", "--only", "bpm,colour"], "'colour' is not a valid Field: there are bpm, key, gain"),
        (["x.mp3", "--save-undo", "before.jsonl"], "--save-undo is for --write"),
        (["x.mp3", "--undo", __file__], "takes no others"),
        (["x.mp3", "--only", "genre"], "`tonearm models pull genre_discogs400`"),
    ],
)
def test_what_makes_no_sense_is_said(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.setenv("TONEARM_MODELS_DIR", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        app(["tag", *arguments])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


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
