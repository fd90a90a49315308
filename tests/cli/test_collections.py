"""What `tonearm analyze` writes for other programs, read back by libraries that are made for those."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from mutagen.id3 import TALB, TIT2, TPE1, TRCK
from mutagen.wave import WAVE
from pyrekordbox.rbxml import RekordboxXml
from traktor_nml_utils import TraktorCollection

from tests.support.certainty import beats_result, key_result
from tonearm.cli.backend import Outcome
from tonearm.cli.formats import writer
from tonearm.cli.formats.rekordbox import location
from tonearm.cli.options import Format
from tonearm.cli.source import find
from tonearm.pipeline.registry import catalog
from tonearm.protocol.spec import parse
from tonearm.results.analysis import Analysis
from tonearm.results.beat_grid import grid
from tonearm.results.gather import failed
from tonearm.sample import sample_track

pytestmark = [
    # pyrekordbox and traktor-nml-utils leave files open, and jams asks jsonschema in an old way.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:Passing a schema:DeprecationWarning"),
]

TITLE = 'Ä <script>"1" & \x07'
NAMES = ("a & <b> #1?.wav", "100 %.wav", "sub/Ä 文.wav")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    for name in NAMES:
        (tmp_path / name).write_bytes(sample_track(1))
    tagged: Any = WAVE(tmp_path / NAMES[0])
    tagged.add_tags()
    for frame in (TIT2(text=[TITLE]), TPE1(text=["B & C"]), TALB(text=["D"]), TRCK(text=["3/9"])):
        tagged.tags.add(frame)
    tagged.save()
    return tmp_path


Written = Callable[..., bytes]


@pytest.fixture
def written(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Written:
    def write(form: Format, certainty: str = "certain", uncertain: bool = False, **others: Any) -> bytes:
        sources = find([str(folder)]).sources[: 1 if form is Format.JAMS else None]
        out = writer(form, sources, uncertain)
        out.ready(catalog(), catalog().resolve(parse("key:2,beats,chords:2,onset_rate")))
        results = {"key": key_result(certainty), "beats": beats_result(certainty), **others}
        for source in sources:
            out.write(Outcome(source, Analysis(results=results, errors=[]), 20.0))
        if form is not Format.JAMS:
            out.write(Outcome(find(["/no/such.mp3"]).sources[0], failed("No such file.")))
            out.write(Outcome(find(["-"]).sources[0], Analysis(results=results, errors=[]), 20.0))
        out.end()
        return capfdbinary.readouterr().out

    return write


def test_rekordbox_reads_files_names_keys_and_grids(folder: Path, tmp_path: Path, written: Written) -> None:
    (file := tmp_path / "out.xml").write_bytes(written(Format.REKORDBOX))
    read = RekordboxXml(file)
    tracks = read.get_tracks()
    assert file.read_bytes().count(b'Location="file://localhost/') == 3
    # Whose slash in front pyrekordbox takes for a part of the address.
    assert {f"/{track['Location']}" for track in tracks} == {str(folder / name) for name in NAMES}
    named = next(track for track in tracks if track["Artist"])
    assert (named["Name"], named["Artist"], named["Album"], named["TrackNumber"]) == (
        TITLE.replace("\x07", "�"),
        "B & C",
        "D",
        3,
    )
    for track in tracks:
        assert (track["AverageBpm"], track["Tonality"], track["TotalTime"]) == (120.0, "Am", 20)
        ((start, bpm, metre, beat),) = ((mark.Inizio, mark.Bpm, mark.Metro, mark.Battito) for mark in track.tempos)
        assert (start, bpm, metre, beat) == (0.0, 120.0, "4/4", 1)
    playlist = read.get_playlist("Tonearm")
    assert sorted(playlist.get_tracks()) == [1, 2, 3]


def test_traktor_reads_files_names_keys_and_grids(folder: Path, tmp_path: Path, written: Written) -> None:
    (file := tmp_path / "out.nml").write_bytes(written(Format.TRAKTOR))
    nml = TraktorCollection(path=file).nml
    entries = nml.collection.entry
    assert nml.collection.entries == len(entries) == 3
    places = {f"{entry.location.dir}{entry.location.file}".replace("/:", "/") for entry in entries}
    assert places == {str(folder / name) for name in NAMES}
    for entry in entries:
        assert (entry.tempo.bpm, entry.musical_key.value_attribute, entry.info.key) == (120.0, 21, "1m")
        assert [(cue.type, cue.start, cue.name) for cue in entry.cue_v2] == [(4, 0.0, "AutoGrid")]
    named = next(entry for entry in entries if entry.artist)
    assert (named.title, named.artist, named.album.title, named.album.track) == (
        TITLE.replace("\x07", "�"),
        "B & C",
        "D",
        3,
    )


@pytest.mark.parametrize(("uncertain", "told"), [(False, False), (True, True)])
def test_what_is_uncertain_is_left_out_unless_it_is_wanted(
    tmp_path: Path, written: Written, uncertain: bool, told: bool
) -> None:
    (file := tmp_path / "out.xml").write_bytes(written(Format.REKORDBOX, "uncertain", uncertain))
    for track in RekordboxXml(file).get_tracks():
        assert (bool(track["AverageBpm"]), bool(track["Tonality"]), bool(track.tempos)) == (told, told, told)
    (file := tmp_path / "out.nml").write_bytes(written(Format.TRAKTOR, "uncertain", uncertain))
    for entry in TraktorCollection(path=file).nml.collection.entry:
        assert (entry.tempo is not None, entry.musical_key is not None, bool(entry.cue_v2)) == (told, told, told)


@pytest.mark.release
def test_jams_reads_what_was_found_and_how_sure_it_is(tmp_path: Path, written: Written) -> None:
    # It takes seconds, as it imports pandas.
    import jams

    chords = {
        "chords": [
            {"start": 0.0, "end": 4.0, "chord": "Am", "probability": 0.9},
            {"start": 4.0, "end": 9.0, "chord": "F#maj7", "probability": 0.8},
            {"start": 9.0, "end": 10.0, "chord": "N", "probability": 0.7},
        ],
        "method": "networks",
    }
    text = written(Format.JAMS, "uncertain", chords=chords, onset_rate={"onsets": [0.5, 1.0]})
    (file := tmp_path / "out.jams").write_bytes(text)
    read = jams.load(str(file), validate=True, strict=True)
    assert read.file_metadata.duration == 20
    found = {each.namespace: each for each in read.annotations}
    assert set(found) == {"key_mode", "tempo", "beat", "chord", "onset"}
    assert [(each.value, each.confidence) for each in found["tempo"].data] == [(120.0, 0.41)]
    assert [each.value for each in found["key_mode"].data] == ["A:minor"]
    assert [each.value for each in found["chord"].data] == ["A:min", "F#:maj7", "N"]
    assert [each.time for each in found["beat"].data] == beats_result("uncertain")["beats"]
    assert [each.time for each in found["onset"].data] == [0.5, 1.0]
    assert json.loads(text)["annotations"][0]["annotation_metadata"]["annotation_tools"].startswith("Tonearm ")


@pytest.mark.parametrize("bpm", [59.93, 127.35, 174.02])
def test_a_grid_keeps_to_the_beats_until_the_end(bpm: float) -> None:
    """Beats of a known tempo for ten minutes, a few ms off each, with a break."""
    drawn = random.Random(1)
    exact = [0.3 + index * 60 / bpm for index in range(int(10 * bpm))]
    kept = [index for index in range(len(exact)) if not 200 <= index < 232]
    beats = [round(exact[index] + drawn.uniform(-0.008, 0.008), 3) for index in kept]
    places = [(index + 2) % 4 + 1 for index in kept]
    result = beats_result(
        "certain",
        tempo=round(bpm, 1),
        beats=beats,
        beat_numbers=places,
        bar_numbers=[(index + 2) // 4 for index in kept],
        downbeats=[beat for beat, place in zip(beats, places, strict=True) if place == 1],
        first_beat=beats[0],
    )
    (mark,) = grid(result)
    assert mark.beat == 1
    assert mark.time == pytest.approx(exact[2], abs=0.003)
    # rekordbox has two digits.
    last = mark.time + (len(exact) - 3) * 60 / mark.bpm
    assert last == pytest.approx(exact[-1], abs=0.003)


def test_a_tempo_that_changes_has_a_mark_for_each() -> None:
    curve = [{"time": 0.0, "tempo": 100.0}, {"time": 2.5, "tempo": 110.0}]
    marks = grid(beats_result("certain", tempo_curve=curve))
    assert marks == ((0.0, 100.0, 1), (2.5, 110.0, 2))


def test_an_address_of_rekordbox_has_every_byte_of_a_name() -> None:
    assert location("/a b/\udcff#.wav") == "file://localhost/a%20b/%FF%23.wav"
    assert unquote(location("/Ä/é.wav")) == "file://localhost/Ä/é.wav"
