"""The labelled recordings beside the checkout, which carry other licences and are not part of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3] / "shared"

needed = pytest.mark.skipif(not (ROOT / "audio").is_dir(), reason="needs the labelled recordings in ../shared")


def table(kind: str) -> list[dict[str, str]]:
    """The rows of a kind's csv whose recording is there, `path` added; empty where the recordings are absent."""
    folder = ROOT / "audio" / kind
    if not folder.is_dir():
        return []
    places = {path.name: path for path in folder.rglob("*") if path.is_file()}
    with (folder / f"{kind}.csv").open(newline="") as rows:
        return [{**row, "path": str(places[row["file"]])} for row in csv.DictReader(rows) if row["file"] in places]


def recordings() -> list[Path]:
    """Every recording with a key or a tempo, and the long song."""
    song = ROOT / "audio" / "song" / "song-5min.mp3"
    return [
        *(Path(row["path"]) for kind in ("key", "tempo") for row in table(kind)),
        *([song] if song.exists() else []),
    ]
