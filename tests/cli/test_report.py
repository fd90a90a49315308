"""`tonearm report`: what stands on the page and in the table, and that nothing of a file becomes a part of the page."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mutagen.id3 import TALB, TIT2, TPE1
from mutagen.wave import WAVE
from numpy.typing import NDArray
from pyebur128 import MeasurementMode, R128State, get_loudness_global_multiple

from tests.support.certainty import beats_result, key_result
from tests.support.command import tonearm
from tests.support.filter import run
from tests.support.sounds import music, wav
from tonearm.cli.backend import Outcome
from tonearm.cli.report_page import page
from tonearm.cli.report_rows import Report, as_csv, highest, report
from tonearm.cli.source import find
from tonearm.results.analysis import Analysis
from tonearm.results.gather import failed

HOSTILE = '<script>document.title="broken"</script><img src=x onerror="document.title=1">"&'
SOUND = music(8)


class Parts(HTMLParser):
    """The elements of a page, and the words in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words += data


def loud() -> NDArray[np.float64]:
    """With 500 samples at full scale, and a DC offset."""
    sound = np.stack([0.5 * SOUND[: 6 * 44_100] + 0.01] * 2)
    sound[:, 1000:1500] = 1.0
    return sound


TRACKS = {"1 loud.wav": loud(), "2 soft.wav": np.stack([0.1 * SOUND] * 2), "3 opposite.wav": np.stack([SOUND, -SOUND])}


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    folder.mkdir()
    for name, sound in TRACKS.items():
        (folder / name).write_bytes(wav(sound))
        tagged: Any = WAVE(folder / name)
        tagged.add_tags()
        for frame in (TIT2(text=[HOSTILE + name]), TPE1(text=[HOSTILE]), TALB(text=[HOSTILE])):
            tagged.tags.add(frame)
        tagged.save()
    return folder


@pytest.fixture
def made(album: Path) -> Report:
    outcomes = []
    for source in find([str(album)]).sources:
        found = run(Path(source.name).read_bytes(), "audio,loudness_ebur128:2(curves=true),clipping")
        results = {name.partition(":")[0]: result for name, result in found.results.items()}
        soft = "soft" in source.name
        results |= {"key": key_result("uncertain" if soft else "certain"), "beats": beats_result("certain")}
        finished = found.events[-1]
        outcomes.append(
            Outcome(source, Analysis(results=results, errors=[], warnings=finished["warnings"]))
            if "warnings" in finished
            else Outcome(source, Analysis(results=results, errors=[]))
        )
    (album / "4 broken.wav").write_bytes(b"")
    outcomes.append(Outcome(find([str(album / "4 broken.wav")]).sources[0], failed(f"It is {HOSTILE}.")))
    return report(None, outcomes)


def test_the_album_is_as_loud_as_libebur128_says(made: Report) -> None:
    states = []
    for sound in TRACKS.values():
        state = R128State(2, 44_100, MeasurementMode.MODE_I)
        sent = np.ascontiguousarray((sound.T * 32767).astype("<i2"))
        state.add_frames(sent.ravel(), len(sent))
        states.append(state)
    assert made.loudness.integrated == pytest.approx(get_loudness_global_multiple(states), abs=0.01)


def test_the_table_has_what_was_put_into_the_tracks(made: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(made))))
    first, second, third, broken = rows
    assert (first["clipped_spots"], first["longest_clip_samples"]) == ("2", "500")
    assert float(first["dc_offset"]) == pytest.approx(((loud()[0] * 32767).astype("<i2") / 32768).mean(), abs=2e-6)
    assert (second["clipped_spots"], second["key"], second["key_certainty"]) == ("0", "A minor", "uncertain")
    assert float(third["channels_cancel_s"]) == pytest.approx(8, abs=0.5)
    for row in rows[:3]:
        assert float(row["plr_db"]) == pytest.approx(
            float(row["true_peak_dbtp"]) - float(row["integrated_lufs"]), abs=0.011
        )
        assert row["title"] == HOSTILE + Path(row["file"]).name
    assert (broken["integrated_lufs"], broken["errors"]) == ("", f"It is {HOSTILE}.")


def test_nothing_of_a_file_becomes_a_part_of_the_page(made: Report) -> None:
    text = page(made)
    parts = Parts(text)
    assert not {"script", "img", "link", "iframe"} & parts.elements
    assert f"{HOSTILE}1 loud.wav" in parts.words
    assert f"It is {HOSTILE}." in parts.words
    assert text.count("<tr>") == 1 + 4
    assert text.count("<path ") == 3
    assert re.findall(r'<span class="mark">(.*?)</span>', text.partition("<tbody>")[2])[:3] == [
        f"{made.rows[0].true_peak:.2f} !",
        "2 !",
        f"{made.rows[0].dc_offset:+.4f} !",
    ]


def test_it_is_called_like_the_album_or_like_the_folder_of_several(album: Path) -> None:
    sources = find([str(album)]).sources
    heard = [Outcome(source, Analysis(results={}, errors=[])) for source in sources]
    assert report(None, heard).title == HOSTILE
    (album / "5 of no album.wav").write_bytes(wav(loud()))
    heard.append(Outcome(find([str(album / "5 of no album.wav")]).sources[0], Analysis(results={}, errors=[])))
    assert report(None, heard).title == "album"


def test_a_curve_keeps_its_highest_points() -> None:
    assert highest([1.0, 5.0, None, 2.0, None, None], 3) == [5.0, 2.0, None]
    assert highest([1.0], 3) == [1.0]
    assert highest([], 3) == []


@pytest.mark.release
def test_the_command_writes_both_and_names_what_failed(album: Path, tmp_path: Path) -> None:
    (album / "4 broken.mp3").write_bytes(b"no audio " * 100)
    done = tonearm("report", album, "-o", tmp_path / "r.html", "-o", tmp_path / "r.csv", "--title", "One & two")
    assert done.returncode == 1
    assert "4 broken.mp3" in done.stderr.decode()
    assert "<h1>One &amp; two</h1>" in (tmp_path / "r.html").read_text()
    assert len(list(csv.reader(io.StringIO((tmp_path / "r.csv").read_text())))) == 5
    assert tonearm("report", album, "-o", tmp_path / "r.pdf").returncode == 2
