"""Labelled recordings: folders with `key/key.csv`, `tempo/tempo.csv` with `tempo/beats/`, and `voice/voice.csv`.

Columns of key.csv: file, key ("F# minor"), kind; of tempo.csv: file, bpm, kind; of voice.csv: file, label. A file
`tempo/beats/NAME.beats`, with the stem of the recording for NAME, has a beat a line: its time in seconds and, after
white space, its place in the bar from 1, where that is known.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

KEY_SETS = ("recordings", "rendered scores")
TEMPO_SETS = {"song": "songs", "short-loop": "short loops", "looped": "loops, repeated", "drum-track": "drum tracks"}
VOICE_SETS = {"speech": "speech", "non_music": "animals"}
"""Labels of voice.csv under which there is neither key nor tempo."""
_RENDERED = "rendered score"
_TRAINED_ON = "winterreise"
"""The network behind key:2 learnt from recordings of this cycle."""


@dataclass(frozen=True)
class Recording:
    path: Path
    set: str
    key: str | None = None
    tempo: float | None = None
    beats: tuple[float, ...] = ()
    """Seconds; empty where they are not annotated. So are the downbeats."""
    downbeats: tuple[float, ...] = ()


def read(folders: Iterable[Path]) -> list[Recording]:
    """Each recording that is there, once for its key and once for its tempo. Of two with one name the first counts."""
    found: dict[tuple[str, str], Recording] = {}
    for folder in folders:
        for kind, of in (("key", _with_key), ("tempo", _with_tempo), ("voice", _with_neither)):
            for row in _rows(folder / kind, kind):
                recording = of(row)
                if recording is not None and recording.path.exists():
                    found.setdefault((kind, recording.path.stem), recording)
    return list(found.values())


def _rows(folder: Path, kind: str) -> list[dict[str, str]]:
    table = folder / f"{kind}.csv"
    if not table.exists():
        return []
    with table.open(newline="") as rows:
        return [{**row, "path": str(folder / row["file"])} for row in csv.DictReader(rows)]


def _with_key(row: dict[str, str]) -> Recording | None:
    if row["file"].startswith(_TRAINED_ON):
        return None
    return Recording(Path(row["path"]), KEY_SETS[row["kind"] == _RENDERED], key=row["key"])


def _with_tempo(row: dict[str, str]) -> Recording | None:
    path = Path(row["path"])
    beats, downbeats = read_beats(path.parent / "beats" / f"{path.stem}.beats")
    return Recording(path, TEMPO_SETS[row["kind"]], tempo=float(row["bpm"]), beats=beats, downbeats=downbeats)


def _with_neither(row: dict[str, str]) -> Recording | None:
    return Recording(Path(row["path"]), VOICE_SETS[row["label"]]) if row["label"] in VOICE_SETS else None


def read_beats(file: Path) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Beats and downbeats in seconds; none where there is no such file."""
    if not file.exists():
        return (), ()
    lines = [line.split() for line in file.read_text().splitlines() if line.strip()]
    beats = tuple(float(time) for time, *_ in lines)
    return beats, tuple(float(time) for time, *place in lines if place == ["1"])
