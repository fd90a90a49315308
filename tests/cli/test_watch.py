"""`tonearm watch`: files that come while it runs, each once and whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.command import started
from tonearm.cli.arrivals import Pending
from tonearm.sample import sample_track


def names(pending: Pending, now: float) -> list[str]:
    return [Path(source.name).name for source in pending.whole(now)]


def test_a_file_is_whole_when_it_has_not_changed_for_a_while(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(b"")
    pending = Pending(settled_seconds=2.0)
    pending.add(str(file), 0.0)
    assert names(pending, 9.0) == [], "it is empty"
    file.write_bytes(b"some")
    assert names(pending, 10.0) == []
    assert names(pending, 11.9) == []
    file.write_bytes(b"some more")
    assert names(pending, 12.0) == []
    pending.add(str(file), 13.9)
    assert names(pending, 13.9) == []
    assert names(pending, 14.0) == ["a.wav"]
    pending.add(str(file), 15.0)
    assert names(pending, 99.0) == [], "it is as it was taken"
    file.write_bytes(b"something else")
    pending.add(str(file), 100.0)
    assert names(pending, 102.0) == ["a.wav"]


def test_a_file_that_goes_away_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(b"some")
    pending = Pending()
    pending.add(str(file), 0.0)
    pending.add(str(tmp_path / "never.wav"), 0.0)
    file.unlink()
    assert names(pending, 9.0) == []


@pytest.mark.release
def test_what_is_there_and_what_arrives_is_analysed_once_also_by_the_next_run(tmp_path: Path) -> None:
    folder = tmp_path / "incoming"
    folder.mkdir()
    (folder / "there.wav").write_bytes(sample_track(1))
    process = started("watch", folder, "--models", "silence", "--jobs", "1")
    try:
        seen = [_line(process)]
        (tmp_path / "album").mkdir()
        (tmp_path / "album" / "moved.wav").write_bytes(sample_track(1))
        os.rename(tmp_path / "album", folder / "album")
        (folder / "notes.txt").write_text("no audio")
        seen.append(_line(process))
        (folder / "broken.mp3").write_bytes(b"no audio " * 100)
        seen.append(_line(process))
        process.send_signal(signal.SIGTERM)
        output, complaints = process.communicate()
    finally:
        process.kill()
    assert (process.returncode, output) == (0, b"")
    assert [Path(line["file"]).name for line in seen] == ["there.wav", "moved.wav", "broken.mp3"]
    assert [bool(line["errors"]) for line in seen] == [False, False, True]
    assert complaints.startswith(f"tonearm: {folder / 'broken.mp3'}: ".encode())

    done = tmp_path / "done.jsonl"
    done.write_text("".join(f"{json.dumps(line)}\n" for line in seen[:2]))
    (folder / "broken.mp3").unlink()
    (folder / "new.wav").write_bytes(sample_track(1))
    process = started("watch", folder, "--models", "silence", "--jobs", "1", "--skip-done", done)
    try:
        assert Path(_line(process)["file"]).name == "new.wav"
        process.send_signal(signal.SIGINT)
        output, complaints = process.communicate()
    finally:
        process.kill()
    assert (process.returncode, output, complaints) == (0, b"", b"")


def _line(process: subprocess.Popen[bytes]) -> dict[str, str]:
    assert process.stdout is not None
    line: dict[str, str] = json.loads(process.stdout.readline())
    return line
