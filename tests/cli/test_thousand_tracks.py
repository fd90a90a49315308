"""A thousand tracks tagged, exported and taken back: nothing is lost, and the sound is the same to the byte."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from mutagen.flac import FLAC
from mutagen.flac import VCFLACDict as Comments
from pyrekordbox.rbxml import RekordboxXml

from tests.support.command import lines, tonearm
from tests.support.ffmpeg import packets
from tests.support.media import BY_NAME, encode
from tests.support.sounds import music

ALBUMS, TRACKS = 100, 10
SECONDS = 3


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Albums of tracks, each track with a level of its own, and with tags that are to stay."""
    sound, drawn = music(SECONDS), np.random.default_rng(1)
    for album in range(ALBUMS):
        folder = tmp_path / "library" / f"album {album:02}"
        folder.mkdir(parents=True)
        for track in range(TRACKS):
            file = folder / f"{track} Ä.flac"
            samples = drawn.uniform(0.05, 0.9) * sound + drawn.normal(0, 0.001, sound.shape)
            file.write_bytes(encode(BY_NAME["flac-16"], np.stack([samples] * 2).astype(np.float32)))
            tags = FLAC(file)
            tags.update(
                {"title": [f"{album}.{track}"], "artist": ["one", "another"], "initialkey": ["?"] * (track == 0)}
            )
            tags.save()
    return tmp_path / "library"


@pytest.mark.release
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pyrekordbox leaves files open
@pytest.mark.timeout(1800)
def test_nothing_is_lost(library: Path, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    files = sorted(library.rglob("*.flac"))
    tags = {file: list(_comments(file)) for file in files}
    sound = {file: packets(file) for file in files}
    assert len({"".join(each) for each in sound.values()}) == len(files) == ALBUMS * TRACKS
    networks = str(tmp_path / "models")
    undo = tmp_path / "undo.jsonl"

    def costs(what: str) -> None:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        record_property(f"CPU s after {what}", round(used.ru_utime + used.ru_stime, 1))
        record_property(f"MiB at most, of one process, after {what}", round(used.ru_maxrss / 1024))

    tagged = tonearm(
        "tag", library, "--write", "--album", "folder", "--save-undo", undo, "--json", TONEARM_MODELS_DIR=networks
    )
    costs("tag")
    assert (tagged.returncode, tagged.stderr) == (0, b"")
    told = lines(tagged.stdout)
    assert {Path(name) for name in told} == set(files)
    for file in files:
        line, now = told[str(file)], _comments(file)
        assert (line["written"], line["errors"]) == (True, [])
        assert {each["tag"]: each["new"] for each in line["tags"] if each["new"]}.items() <= {
            name.upper(): value for name, (value, *_) in now.as_dict().items()
        }.items()
        assert now["artist"] == ["one", "another"]
    assert all(
        len({FLAC(file)["replaygain_album_gain"][0] for file in each.iterdir()}) == 1 for each in library.iterdir()
    )
    assert {file: packets(file) for file in files} == sound

    exported = tonearm(
        "analyze", library, "--models", "key:2,loudness_ebur128:2", "-f", "rekordbox", TONEARM_MODELS_DIR=networks
    )
    costs("export")
    assert exported.returncode == 0
    (tmp_path / "out.xml").write_bytes(exported.stdout)
    tracks = RekordboxXml(tmp_path / "out.xml").get_tracks()
    assert {Path(f"/{track['Location']}") for track in tracks} == set(files)
    assert {track["Name"] for track in tracks} == {
        f"{album}.{track}" for album in range(ALBUMS) for track in range(TRACKS)
    }

    undone = tonearm("tag", "--undo", undo)
    costs("undo")
    assert (undone.returncode, undone.stderr) == (0, f"files with their tags back: {len(files)}\n".encode())
    assert {file: sorted(_comments(file)) for file in files} == {file: sorted(each) for file, each in tags.items()}
    assert {file: packets(file) for file in files} == sound


def _comments(file: Path) -> Comments:
    found = FLAC(file).tags
    assert isinstance(found, Comments)
    return found
