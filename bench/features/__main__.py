"""Measure, print, and write bench/results/features.json and the tables of docs/sonara.md.

It needs what bench.structure needs: mido, fluidsynth, soundfonts, and POP909. Run bench.accuracy, bench.structure and
bench.similarity before it, whose figures it takes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import numpy as np
from tools.similarity.recordings import is_learnt_from, recordings

from bench.data import Cell
from bench.features import measured
from bench.features.cost import costs
from bench.features.elsewhere import elsewhere
from bench.features.measured import Measured
from bench.features.names import FEATURES, Feature
from bench.features.report import Accuracy, Line, Report, lines
from bench.page import fill_in
from bench.process import commit
from bench.sound import SONG_IN_WORDS, song

ROOT = Path(__file__).parents[2]
RESULT = ROOT / "bench" / "results" / "features.json"
PAGE = ROOT / "docs" / "sonara.md"
SHARED = ROOT.parent / "shared" / "audio"
_RECORDINGS = 24


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.features", description=__doc__)
    parser.add_argument("--pop909", type=Path, required=True, metavar="DIR", help="folder with the folders 001 to 909")
    parser.add_argument("--soundfont", type=Path, action="append", required=True, metavar="FILE", help="one or two")
    parser.add_argument("--recordings", type=Path, action="append", default=[], metavar="DIR", help="another folder")
    given = parser.parse_args()
    report = _report(given.pop909, given.soundfont, [SHARED, *given.recordings])
    print("\n".join(lines(report)))
    RESULT.write_text(report.model_dump_json(indent=1) + "\n")
    fill_in(PAGE, "python -m bench.features", lines(report))
    print(f"written: {RESULT}, {PAGE}")


def _report(pop909: Path, soundfonts: list[Path], folders: list[Path]) -> Report:
    found = [_accuracy(each) for each in _measured(pop909, soundfonts, folders)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "song.mp3"
        file.write_bytes(song())
        features = [_line(each, file) for each in FEATURES]
    return Report(
        commit=commit(),
        sonara=metadata.version("sonara"),
        file=SONG_IN_WORDS,
        lines=features,
        accuracy=[*elsewhere(), *found],
    )


def _measured(pop909: Path, soundfonts: list[Path], folders: list[Path]) -> Iterator[Measured]:
    long = [path for path in recordings(folders) if not is_learnt_from(path) and path.stat().st_size > 1 << 19]
    some = long[:: max(1, len(long) // _RECORDINGS)]
    yield from measured.songs(pop909, soundfonts)
    yield from measured.metres(soundfonts)
    yield from measured.loudness(SHARED / "loudness")
    yield from measured.silence(some)
    yield from measured.voices(SHARED / "voice")
    yield from measured.same_recordings(some)


def _accuracy(each: Measured) -> Accuracy:
    return Accuracy(
        what=each.what,
        most=each.most,
        count=len(each.tonearm),
        sonara=Cell.of(np.array(each.sonara)),
        tonearm=Cell.of(np.array(each.tonearm)),
    )


def _line(feature: Feature, file: Path) -> Line:
    theirs, ours = costs(feature, file)
    return Line(
        feature=feature.name,
        sonara=", ".join(f"`{name}`" for name in feature.sonara),
        sonara_cost=theirs,
        tonearm=feature.models,
        tonearm_cost=ours,
        remark=feature.remark,
    )


if __name__ == "__main__":
    main()
