from __future__ import annotations

from pathlib import Path

import pytest

from tonearm.sample import sample_track


@pytest.fixture(scope="session")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two good files, one below it, and two that are no audio."""
    folder = tmp_path_factory.mktemp("album")
    (folder / "one.wav").write_bytes(sample_track(6))
    (folder / "more").mkdir()
    (folder / "more" / "two.wav").write_bytes(sample_track(8))
    (folder / "broken.mp3").write_bytes(b"no audio " * 200)
    (folder / "empty.flac").touch()
    (folder / "notes.txt").write_text("not looked at")
    return folder
