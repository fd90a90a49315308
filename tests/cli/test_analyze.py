from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import signal
from pathlib import Path

import pytest

from tests.support.command import lines, on_a_terminal, started, tonearm, workers
from tests.support.sounds import noise
from tests.support.waiting import PATIENCE_SECONDS
from tests.support.web import Web
from tonearm.sample import sample_track


def test_json_has_a_line_for_each_file_and_bad_files_do_not_end_it(album: Path) -> None:
    done = tonearm("analyze", album, "--format", "json", "--models", "key,loudness-EBUR128:2")
    assert done.returncode == 1
    found = lines(done.stdout)
    assert list(map(Path, sorted(found))) == [
        album / name for name in ("broken.mp3", "empty.flac", "more/two.wav", "one.wav")
    ]
    one, broken = found[str(album / "one.wav")], found[str(album / "broken.mp3")]
    assert one["models"] == ["key:1", "loudness_ebur128:2"]
    assert one["results"]["key"]["scale"] == ["minor"]
    assert one["results"]["loudness-EBUR128"]["integrated_lufs"] < 0
    assert one["errors"] == []
    assert broken["results"] == {}
    assert "not audio" in broken["errors"][0]["error"]
    left_out, *complaints = done.stderr.decode().splitlines()
    assert left_out == "left out: 1 .txt"
    assert sorted(complaints) == sorted(
        f"tonearm: {name}: {line['errors'][0]['error']}" for name, line in found.items() if line["errors"]
    )


def test_of_a_file_that_is_too_long_there_are_results_and_a_complaint(album: Path) -> None:
    done = tonearm("analyze", album / "one.wav", "--format", "json", "-m", "silence", TONEARM_MAX_SECONDS="5")
    assert done.returncode == 1
    (line,) = lines(done.stdout).values()
    assert line["results"]["silence"]["duration"] == 5
    assert line["errors"][0]["model_name"] is None
    complaint = done.stderr.decode()
    assert complaint.startswith(f"tonearm: {album / 'one.wav'}: The audio is longer than 5 seconds")
    assert "cover the first 5 seconds" in complaint


def test_csv_has_a_column_for_each_single_value(album: Path) -> None:
    done = tonearm(
        "analyze",
        album / "one.wav",
        album / "broken.mp3",
        "--format",
        "csv",
        "-m",
        "key,bpm_degara,silence",
        "--jobs",
        "1",
    )
    assert done.returncode == 1
    rows = {row["file"]: row for row in csv.DictReader(io.StringIO(done.stdout.decode()))}
    one, broken = rows[str(album / "one.wav")], rows[str(album / "broken.mp3")]
    assert list(one) == [
        "file",
        *("key.key", "key.scale", "key.strength"),
        "bpm_degara.bpm",
        *("silence.leading", "silence.trailing", "silence.duration"),
        "error",
        "warning",
    ]
    assert (one["key.key"], one["key.scale"], one["silence.duration"], one["error"]) == ("A", "minor", "6.0", "")
    assert abs(float(one["bpm_degara.bpm"]) - 120) < 2
    assert broken["key.key"] == ""
    assert "not audio" in broken["error"]


@pytest.mark.release
def test_what_a_file_is(album: Path) -> None:
    """In a table, line by line, and as columns of CSV."""
    table = tonearm("analyze", album / "one.wav", album / "more", "-m", "audio").stdout.decode().splitlines()
    assert table[0].split() == ["file", "format", "kHz", "channels", "length"]
    assert table[1].split()[1:] == ["WAV,", "16", "bit", "44.1", "stereo", "0:06"]
    one = album / "one.wav"
    told = dict(fact.split("  ", 1) for fact in tonearm("analyze", one, "-m", "audio").stdout.decode().splitlines()[1:])
    told = {name: words.strip() for name, words in told.items()}
    assert (told["format"], told["announced"], told["encoder delay"]) == ("WAV, 16 bit", "6.000 s", "0 samples")
    assert (told["track"], told["damaged"]) == ("1 of 1", "-")
    (row,) = csv.DictReader(io.StringIO(tonearm("analyze", one, "-m", "audio", "--format", "csv").stdout.decode()))
    assert (row["audio.container"], row["audio.codec"], row["audio.profile"]) == ("wav", "pcm_s16le", "")
    assert (row["audio.bit_rate"], row["audio.sample_rate"], row["audio.bit_depth"]) == ("1411200", "44100", "16")
    assert (row["audio.channels"], row["audio.layout"], row["audio.duration"]) == ("2", "stereo", "6.0")
    # The data of this WAV is what FLAC makes its digest of.
    assert row["audio.digest"] == told["digest"] == hashlib.md5(one.read_bytes()[44:]).hexdigest()
    assert "audio.damaged" not in row


def test_a_table_is_for_people_and_in_order_of_names(album: Path) -> None:
    done = tonearm("analyze", album)
    assert done.returncode == 1
    heading, *rows = done.stdout.decode().splitlines()
    assert heading.split() == [
        *("file", "key", "key", "%", "Camelot", "BPM", "BPM", "%"),
        *("LUFS", "LRA", "dBTP"),
    ]
    assert [row.split()[0] for row in rows] == [str(album / "more/two.wav"), str(album / "one.wav")]
    assert all("A minor" in row and " 8A " in row for row in rows)
    assert not any(row.endswith(" ") for row in rows)


def test_a_single_file_is_told_of_line_by_line(album: Path) -> None:
    done = tonearm("analyze", album / "one.wav")
    assert (done.returncode, done.stderr) == (0, b"")
    name, *facts = done.stdout.decode().splitlines()
    assert name == str(album / "one.wav")
    told = {name: words.strip() for name, _, words in (fact.partition("  ") for fact in facts)}
    assert told["key"] == "A minor"
    assert told["Camelot"] == "8A"
    assert told["Open Key"] == "1m"
    assert told["tempo"].endswith(" bpm")
    assert told["loudness"].endswith(" LUFS")


@pytest.mark.release
def test_what_is_uncertain_is_told_to_be_of_models_that_do_not_say_so(tmp_path: Path) -> None:
    hiss, music = tmp_path / "noise.wav", tmp_path / "music.wav"
    hiss.write_bytes(noise(30))
    music.write_bytes(sample_track(6))
    older = ("-m", "key,bpm_degara")
    told = dict(fact.split(maxsplit=1) for fact in tonearm("analyze", hiss, *older).stdout.decode().splitlines()[1:])
    assert re.fullmatch(r"[A-G][#b]? (major|minor), uncertain", told["key"])
    assert told["Camelot"] == "-"
    assert re.fullmatch(r"0\.\d\d", told["strength"])
    assert re.fullmatch(r"\d+\.\d bpm, uncertain", told["tempo"])
    _, certain, uncertain, legend = tonearm("analyze", tmp_path, *older).stdout.decode().splitlines()
    assert re.search(r"music\.wav +A minor +8A +0\.7\d +1[12]\d\.\d$", certain)
    assert re.search(r"noise\.wav +[A-G][#b]? m..or\? +- +0\.\d\d +\d+\.\d\?$", uncertain)
    assert legend == "? uncertain"


@pytest.mark.release
def test_models_without_words_of_their_own_are_shown_by_their_schema(album: Path) -> None:
    done = tonearm("analyze", album / "one.wav", "-m", "spectral_summary,bpm_degara,bpm_percival,chords")
    assert done.returncode == 0, done.stderr
    told = done.stdout.decode()
    assert "centroid mean" in told
    assert "13 values: " in told
    assert "tempo (bpm_degara)" in told
    assert "tempo (bpm_percival)" in told


@pytest.mark.release
def test_standard_input_and_addresses(album: Path) -> None:
    sound = (album / "one.wav").read_bytes()
    piped = lines(tonearm("analyze", "-", "--format", "json", stdin=sound).stdout)
    with Web.started({"/track.wav": sound}) as web:
        address = web.url("/absolute")
        done = tonearm("analyze", album / "one.wav", address, web.url("/no.wav"), "--format", "json", "--jobs", "1")
    found = lines(done.stdout)
    assert piped["-"]["results"] == found[str(album / "one.wav")]["results"] == found[address]["results"]
    assert done.returncode == 1
    assert "status 404" in done.stderr.decode()


@pytest.mark.release
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["/no/such/file.mp3"], 1, "No such file"),
        (["-"], 1, "empty"),
        (["-", "--models", "kee"], 2, "Did you mean key? `tonearm models list`"),
        (["-", "--models", ","], 2, "is not a model"),
        (["-", "--models", "waveform(points=0)"], 2, "points"),
        (["-", "other.mp3", "--format", "labels"], 2, "one source"),
        (["-", "--jobs", "0"], 2, "--jobs"),
        (["-", "--server", "studio"], 2, "http://host:port"),
        ([], 2, "SOURCE"),
    ],
)
def test_what_cannot_be_done_is_said_on_standard_error(arguments: list[str], code: int, words: str) -> None:
    done = tonearm("analyze", *arguments)
    assert done.returncode == code
    assert done.stdout == b""
    assert words in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_a_folder_without_audio(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    done = tonearm("analyze", tmp_path)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["left out: 1 .txt", f"tonearm: No audio files in {tmp_path}."]


def test_what_is_left_out_of_a_folder_is_one_line_however_many_kinds_it_has(album: Path, tmp_path: Path) -> None:
    os.link(album / "one.wav", tmp_path / ".38 Special.wav")
    for count, extension in enumerate(("\x1b", "b", "nfo", "log", "cue", "jpg", "txt", "pdf"), 1):
        for number in range(count):
            (tmp_path / f"{number}.{extension}").touch()
    done = tonearm("analyze", tmp_path, "--format", "json", "--models", "silence")
    assert list(lines(done.stdout)) == [str(tmp_path / ".38 Special.wav")]
    assert done.stderr == b"left out: 8 .pdf, 7 .txt, 6 .jpg, 5 .cue, 4 .log, 3 .nfo, 3 others\n"


@pytest.mark.release
def test_a_reader_that_has_enough_is_no_error(album: Path, tmp_path: Path) -> None:
    for number in range(40):
        os.link(album / "one.wav", tmp_path / f"{number}.wav")
    for form in ("json", "csv"):
        process = started("analyze", tmp_path, "--format", form, "--models", "key", "--jobs", "1")
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdout.close()
        _, complaints = process.communicate()
        assert (process.returncode, complaints) == (141, b"")


@pytest.mark.release
def test_an_interrupt_keeps_what_is_done_and_ends_the_workers(album: Path, tmp_path: Path) -> None:
    for number in range(400):
        os.link(album / "more/two.wav", tmp_path / f"{number}.wav")
    process = started("analyze", tmp_path, "--format", "json", "--jobs", "2")
    assert process.stdout is not None
    first = process.stdout.readline()
    running = workers(process)
    assert len(running) == 2
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate()
    assert process.returncode == 130
    assert 1 <= len(lines(first + rest)) < 400
    assert not any(Path(f"/proc/{pid}").exists() for pid in running)


def test_an_interrupt_while_the_workers_start_is_quiet() -> None:
    # Its input does not end, so it has nothing to say before it is interrupted.
    process = started("analyze", "-", "--format", "json")
    while not (running := workers(process)):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_SECONDS) == 130
    output, complaints = process.communicate()
    assert (output, complaints) == (b"", b"")
    assert not any(Path(f"/proc/{pid}").exists() for pid in running)


@pytest.mark.release
def test_a_worker_that_dies_costs_its_own_file(album: Path) -> None:
    process = started("analyze", "-", album / "one.wav", album / "more/two.wav", "--format", "json", "--jobs", "1")
    assert process.stdin is not None
    assert process.stdout is not None
    # The worker has taken the job when the pipe, which is smaller than this, is empty again.
    process.stdin.write((album / "more/two.wav").read_bytes()[: 1 << 20])
    process.stdin.flush()
    (worker,) = workers(process)
    os.kill(worker, signal.SIGKILL)
    output, _ = process.communicate()
    found = lines(output)
    assert process.returncode == 1
    assert "died" in found["-"]["errors"][0]["error"]
    assert found[str(album / "one.wav")]["errors"] == found[str(album / "more/two.wav")]["errors"] == []


@pytest.mark.release
def test_a_terminal_shows_progress_and_then_only_the_results(album: Path) -> None:
    code, drawn = on_a_terminal("analyze", album, "--jobs", "2")
    assert code == 1
    assert "4 of 4, 2 failed" in drawn
    assert " elapsed" in drawn
    # What comes last stays: the table, narrow enough, with names below their common folder, then what failed.
    table = drawn[drawn.rindex("Camelot") :]
    assert "more/two.wav" in table
    assert str(album / "one.wav") not in table
    assert "realtime" in table
    assert f"tonearm: {album / 'broken.mp3'}: " in table
    assert "━" not in table


@pytest.mark.release
def test_lines_on_a_terminal_are_whole(album: Path) -> None:
    code, drawn = on_a_terminal("analyze", album, "--format", "csv", "--models", "key", columns=100)
    assert code == 1
    rows = drawn.replace("\r\n", "\n")
    assert f"{album / 'one.wav'},A,minor," in rows
    assert "file,key.key,key.scale,key.strength,error,warning\n" in rows


@pytest.mark.release
def test_names_do_not_reach_the_terminal_as_they_are(album: Path, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\x1b[31m\xff\nred.wav"
    Path(os.fsdecode(name)).write_bytes((album / "one.wav").read_bytes())
    table = tonearm("analyze", tmp_path, tmp_path / "missing.wav", "-m", "key", "--jobs", "1")
    assert b"\x1b" not in table.stdout
    assert r"\x1b[31m\udcff\nred.wav" in table.stdout.decode()
    (line,) = lines(tonearm("analyze", tmp_path, "-m", "key", "--format", "json").stdout)
    assert os.fsencode(line) == name
    assert name in tonearm("analyze", tmp_path, "-m", "key", "--format", "csv").stdout
