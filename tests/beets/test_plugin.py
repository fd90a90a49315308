"""The plugin in beets itself: imported, asked for, and what its fields hold."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.support.certainty import beats_result, key_result
from tests.support.ffmpeg import read_by_ffmpeg
from tests.support.media import BY_NAME, encode
from tests.support.sounds import music, noise
from tonearm.results.analysis import Analysis


@pytest.mark.parametrize(
    ("certainty", "uncertain", "told"),
    [("certain", False, True), ("uncertain", False, False), ("uncertain", True, True), ("none", True, False)],
)
def test_fields_have_the_names_of_acousticbrainz(certainty: str, uncertain: bool, told: bool) -> None:
    # beets warns of what its own packages do when it is imported, so not with all of the tests.
    from beets.library import Item

    from beetsplug.tonearm import TonearmPlugin, fields

    results = {
        "key": key_result(certainty, key="Bb"),
        "beats": beats_result(certainty),
        "mood_happy": {"activations": {"happy": 0.81, "non_happy": 0.19}},
        "danceability": {"activations": {"danceable": 0.6, "not_danceable": 0.4}},
        "gender": {"activations": {"female": 0.7, "male": 0.3}},
    }
    found = dict(fields(Analysis(results=results, errors=[]), uncertain))
    item = Item()
    item.update(found)
    # As beets spells it.
    assert (item.get("bpm"), item.get("initial_key")) == ((120, "A#m") if told else (0, None))
    assert {name: found[name] for name in ("mood_happy", "danceable", "gender")} == {
        "mood_happy": 0.81,
        "danceable": 0.6,
        "gender": "female",
    }
    assert set(found) - {"bpm", "initial_key"} <= set(TonearmPlugin.item_types)


def beet(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "beets", *arguments],
        env={**os.environ, "BEETSDIR": str(folder), "TONEARM_MODELS_DIR": str(folder / "models")},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.release
def test_beets_imports_and_is_asked(tmp_path: Path) -> None:
    """The sample is in A minor at 120 bpm; white noise has neither."""
    (tmp_path / "music").mkdir()
    track = tmp_path / "music" / "a.flac"
    track.write_bytes(encode(BY_NAME["flac-16"], np.stack([music(12)] * 2)))
    (tmp_path / "music" / "noise.wav").write_bytes(noise(30))
    (tmp_path / "config.yaml").write_text(
        f"plugins: [tonearm]\ndirectory: {tmp_path / 'library'}\nlibrary: {tmp_path / 'library.db'}\n"
        "import: {copy: no, write: yes}\n"
    )
    beet(tmp_path, "import", "--quiet", "--noautotag", str(tmp_path / "music"))
    listed = beet(tmp_path, "list", "-f", "$bpm|$initial_key|$key_strength", "path::a.flac").strip().split("|")
    assert listed[:2] == ["120", "Am"]
    assert 0.5 < float(listed[2]) <= 1
    assert beet(tmp_path, "list", "-f", "$bpm|$initial_key", "path::noise").strip() == "0|"

    beet(tmp_path, "modify", "-y", "bpm=60", "path::a.flac")
    beet(tmp_path, "tonearm")
    assert beet(tmp_path, "list", "-f", "$bpm", "path::a.flac").strip() == "60", "it was analysed already"
    beet(tmp_path, "tonearm", "--force", "path::a.flac")
    assert beet(tmp_path, "list", "-f", "$bpm", "path::a.flac").strip() == "120"
    tags = read_by_ffmpeg(track)
    assert (tags["BPM"], tags["INITIALKEY"]) == ("120", "Am")
