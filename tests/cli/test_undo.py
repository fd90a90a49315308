"""What `tonearm tag --undo` restores: every value as it was, in every format, with the sound as it was."""

from __future__ import annotations

from pathlib import Path

import mutagen
import pytest
from mutagen.id3 import ID3, TXXX

from tests.support.ffmpeg import packets
from tests.support.media import BY_NAME, encoded
from tonearm.cli.undo import UndoLog, undo
from tonearm.sample import sample_track
from tonearm.tags import Values, opened, write

EARLIER = Values(97.0, "Gm", -20.0, -1.0, -19.0, -0.5, "Glück", "Höhlenmusik", 2, "0.250 s, 97.0000 bpm")
LATER = Values(120.0, "Am", -19.0, -3.5, -18.0, -3.0, "party", "House", 8, "0.488 s, 4 beats; 2.488 s, 120.0000 bpm")
KINDS = [
    *(("mp3-cbr", ".mp3"), ("wave", ".wav"), ("aiff", ".aiff"), ("flac-16", ".flac"), ("ogg-vorbis", ".ogg")),
    *(("opus", ".opus"), ("m4a-aac", ".m4a"), ("wavpack", ".wv"), ("wma", ".wma")),
]


def made(folder: Path, kind: str, suffix: str) -> Path:
    file = folder / f"track{suffix}"
    file.write_bytes(sample_track(1) if kind == "wave" else encoded(BY_NAME[kind], 1.0))
    return file


def tag(file: Path, values: Values, log: Path) -> None:
    wanted = opened(str(file)).wanted(values)
    with log.open("ab") as lines:
        UndoLog(lines).record(str(file), wanted)
    write(str(file), wanted)


def every_tag(file: Path) -> object:
    """As the library has them, without names of ours."""
    found = mutagen.File(file)
    assert found is not None
    return {} if found.tags is None else {key: repr(value) for key, value in found.tags.items()}


@pytest.mark.parametrize(("kind", "suffix"), KINDS, ids=[kind for kind, _ in KINDS])
def test_tags_are_what_they_were(tmp_path: Path, kind: str, suffix: str) -> None:
    file, log = made(tmp_path, kind, suffix), tmp_path / "before.jsonl"
    sound, nothing = packets(file), every_tag(file)
    tag(file, EARLIER, log)
    earlier = every_tag(file)
    last = tmp_path / "last.jsonl"
    tag(file, LATER, last)
    assert every_tag(file) != earlier
    done = undo(last)
    assert (done.files, done.complaints) == (1, [])
    assert every_tag(file) == earlier
    assert undo(last).files == 0
    done = undo(log)
    assert (done.files, done.complaints) == (1, [])
    assert every_tag(file) == nothing
    assert packets(file) == sound


def test_what_others_call_the_tag_comes_back_as_they_did(tmp_path: Path) -> None:
    file, log = made(tmp_path, "mp3-cbr", ".mp3"), tmp_path / "before.jsonl"
    own = ID3()
    own.add(TXXX(encoding=3, desc="replaygain_track_gain", text=["+3.00 dB", "+4.00 dB"]))
    own.save(file)
    before = every_tag(file)
    tag(file, LATER, log)
    assert undo(log).complaints == []
    assert every_tag(file) == before


def test_what_was_changed_since_stays_and_the_rest_comes_back(tmp_path: Path) -> None:
    file, log = made(tmp_path, "flac-16", ".flac"), tmp_path / "before.jsonl"
    tag(file, LATER, log)
    write(str(file), {"BPM": "60"})
    with log.open("ab") as lines:
        lines.write(b'{"file": "cut o')
    done = undo(log)
    assert done.files == 1
    assert done.complaints == [f"{log}: line 2 is not of an undo file.", f"{file}: BPM was changed since, and stays."]
    found = opened(str(file))
    assert (found.get("BPM"), found.get("KEY")) == ("60", None)


def test_another_file_is_refused_in_one_line(tmp_path: Path) -> None:
    log = tmp_path / "README.md"
    log.write_text("# A heading\n\nAnd words.\n")
    assert undo(log).complaints == [f"{log} is no undo file."]


def test_runs_into_one_file_are_undone_from_the_last_to_the_first(tmp_path: Path) -> None:
    file, log = made(tmp_path, "flac-16", ".flac"), tmp_path / "before.jsonl"
    before = every_tag(file)
    tag(file, EARLIER, log)
    tag(file, LATER, log)
    assert undo(log).complaints == []
    assert every_tag(file) == before
