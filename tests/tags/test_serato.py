"""Beat grids in the tags that Serato DJ has, read back by serato-tools and as Holthuis describes FLAC and MP4."""

from __future__ import annotations

import struct
from base64 import b64decode
from pathlib import Path

import pytest
from mutagen.flac import FLAC
from mutagen.mp4 import MP4
from serato_tools.track_beatgrid import TrackBeatgrid

from tests.support.certainty import beats_result
from tests.support.media import BY_NAME, encoded
from tonearm.tags import Values, opened, write
from tonearm.tags.serato import from_base64, from_bytes, text, to_bytes

GRID = "0.488 s, 4 beats; 2.488 s, 119.9700 bpm"
MARKERS = struct.pack(">fIff", 0.488, 4, 2.488, 119.97)
TAG = b"\x01\x00" + (2).to_bytes(4, "big") + MARKERS + b"\x00"


def tagged(folder: Path, kind: str, suffix: str) -> Path:
    file = folder / f"track{suffix}"
    file.write_bytes(encoded(BY_NAME[kind], 1.0))
    write(str(file), opened(str(file)).wanted(Values(grid=GRID)))
    return file


@pytest.mark.parametrize(("kind", "suffix"), [("mp3-cbr", ".mp3"), ("aiff", ".aiff")])
def test_serato_tools_reads_the_markers(tmp_path: Path, kind: str, suffix: str) -> None:
    first, last, _ = TrackBeatgrid(str(tagged(tmp_path, kind, suffix))).entries
    assert first == (pytest.approx(0.488), 4)
    assert last == (pytest.approx(2.488), pytest.approx(119.97))


def test_flac_and_mp4_have_them_as_text(tmp_path: Path) -> None:
    flac = FLAC(tagged(tmp_path, "flac-16", ".flac"))["SERATO_BEATGRID"][0]
    mp4 = bytes(MP4(tagged(tmp_path, "m4a-aac", ".m4a"))["----:com.serato.dj:beatgrid"][0]).decode()
    assert max(map(len, flac.split("\n"))) == 72
    assert mp4 == flac.replace("\n", "")
    assert b64decode(mp4 + "=" * (-len(mp4) % 4)) == b"application/octet-stream\0\0Serato BeatGrid\0" + TAG


def test_other_formats_have_none(tmp_path: Path) -> None:
    for kind, suffix in (("ogg-vorbis", ".ogg"), ("opus", ".opus"), ("wavpack", ".wv"), ("wma", ".wma")):
        file = tmp_path / f"track{suffix}"
        file.write_bytes(encoded(BY_NAME[kind], 1.0))
        assert opened(str(file)).wanted(Values(grid=GRID)) == {}


def test_a_constant_tempo_is_one_marker_on_the_first_downbeat() -> None:
    beats = [0.3 + 0.5 * index for index in range(64)]
    result = beats_result(
        "certain",
        tempo=120.0,
        beats=beats,
        beat_numbers=[(index + 2) % 4 + 1 for index in range(64)],
        downbeats=beats[2::4],
        metre=4,
        tempo_curve=None,
    )
    assert text(result) == "1.300 s, 120.0000 bpm"


def test_a_tempo_that_changes_has_a_marker_for_each_bar() -> None:
    beats = [0.5, 1.0, 1.5, 2.0, 2.4, 2.8, 3.2, 3.6]
    curve = [{"time": 0.5, "tempo": 120.0}, {"time": 2.0, "tempo": 150.0}]
    result = beats_result("certain", beats=beats, downbeats=[0.5, 2.0, 3.2], tempo_curve=curve)
    assert text(result) == "0.500 s, 3 beats; 2.000 s, 3 beats; 3.200 s, 150.0000 bpm"


def test_without_bars_there_is_none() -> None:
    assert text(beats_result("certain", downbeats=[])) is None


def test_a_text_becomes_the_tag_and_the_tag_the_text() -> None:
    assert to_bytes(GRID) == TAG
    assert from_bytes(TAG) == GRID


@pytest.mark.parametrize("wrong", ["", "0.5 s", "0.5 s, 4 beats", "0.5 s, 120.0 bpm; 2.5 s, 120.0 bpm"])
def test_what_is_no_grid_is_not_written(wrong: str) -> None:
    with pytest.raises(ValueError, match="no beat grid"):
        to_bytes(wrong)


@pytest.mark.parametrize(
    "strange", [b"", b"\x01\x00", TAG[:-1], TAG + b"\x00", b"\x02" + TAG[1:], b"\x01\x00" + bytes(5)]
)
def test_what_others_have_written_is_told_by_its_length(strange: bytes) -> None:
    assert from_bytes(strange) == f"{len(strange)} bytes"
    assert from_base64("!") == "1 characters"
