"""The loudness of an album beside libebur128's, where the gating blocks are those of all tracks too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mutagen.flac import FLAC
from numpy.typing import NDArray
from pyebur128 import MeasurementMode, R128State, get_loudness_global_multiple

from tests.support.filter import run
from tests.support.media import BY_NAME, encoded
from tests.support.sounds import music, wav
from tonearm.cli.album import Albums, album_of, joint_loudness
from tonearm.cli.backend import Outcome
from tonearm.cli.options import AlbumBy
from tonearm.cli.source import Kind, Source
from tonearm.results.analysis import Analysis
from tonearm.results.gather import failed

SAMPLES = music(8)
LEVELS = {
    "alike": (1.0, 0.9),
    "far apart": (1.0, 0.02, 0.3),
    "with silence": (0.5, 0.0),
    "with one below the gate": (0.4, 0.00005),
}


def analysed(sound: NDArray[np.floating]) -> Analysis:
    outcome = run(wav(sound), "loudness_ebur128:2(curves=true)")
    return Analysis(results={"loudness_ebur128": outcome.results["loudness_ebur128:2"]}, errors=[])


@pytest.mark.parametrize("name", LEVELS)
def test_the_gating_blocks_are_those_of_all_tracks_together(name: str) -> None:
    tracks = [level * SAMPLES[None, : 44_100 * (4 + index)] for index, level in enumerate(LEVELS[name])]
    found = joint_loudness(analysed(track) for track in tracks)
    states = []
    for track in tracks:
        state = R128State(1, 44_100, MeasurementMode.MODE_I)
        sent = np.ascontiguousarray((track.T * 32767).astype("<i2"))
        state.add_frames(sent.ravel(), len(sent))
        states.append(state)
    assert found.integrated == pytest.approx(get_loudness_global_multiple(states), abs=0.01)
    assert found.true_peak == max(analysed(track)["loudness_ebur128"]["true_peak_dbtp"] or -np.inf for track in tracks)


def test_what_is_silent_and_what_is_nothing_has_none() -> None:
    silence = joint_loudness([analysed(np.zeros((1, 44_100))), analysed(np.zeros((1, 44_100)))])
    assert (silence.integrated, silence.true_peak) == (None, None)
    assert joint_loudness([]).integrated is None


def test_an_album_is_a_folder_or_what_tags_say(tmp_path: Path) -> None:
    said: dict[str, tuple[str | None, str | None]] = {
        "a/1.flac": ("X", None),
        "a/2.flac": ("Y", None),
        "b/3.flac": ("X", None),
        "b/4.flac": ("X", "Z"),
    }
    said |= {"c/5.flac": ("X", "Z"), "c/6.flac": (None, "Z")}
    sources = {}
    for name, (album, artist) in said.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(encoded(BY_NAME["flac-16"], 1.0))
        tags = FLAC(file)
        tags.update({key: [value] for key, value in {"album": album, "albumartist": artist}.items() if value})
        tags.save()
        sources[name] = Source(str(file), Kind.FILE)

    def groups(by: AlbumBy) -> set[str]:
        together: dict[str | None, list[str]] = {}
        for name, source in sources.items():
            together.setdefault(album_of(source, by), []).append(name[2])
        return {"".join(names) for album, names in together.items() if album is not None}

    assert groups(AlbumBy.FOLDER) == {"12", "34", "56"}
    assert groups(AlbumBy.TAGS) == {"1", "2", "3", "45"}
    assert album_of(Source("-", Kind.STDIN), AlbumBy.FOLDER) is None


def test_an_album_is_whole_or_has_no_loudness() -> None:
    sources = [Source(f"/{folder}/{track}.flac", Kind.FILE) for folder in "ab" for track in "12"]
    albums = Albums(sources, AlbumBy.FOLDER)
    good = analysed(SAMPLES[None, :44_100])
    assert list(albums.take(Outcome(sources[0], good))) == []
    assert list(albums.take(Outcome(sources[2], good))) == []
    whole = list(albums.take(Outcome(sources[1], good)))
    assert [outcome.source for outcome, _ in whole] == [sources[0], sources[1]]
    assert all(loudness is not None for _, loudness in whole)
    broken = list(albums.take(Outcome(sources[3], failed("It is no audio."))))
    assert [(outcome.source, loudness) for outcome, loudness in broken] == [(sources[2], None), (sources[3], None)]
