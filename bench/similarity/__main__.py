"""Measure, print, and write bench/results/similarity.json and the tables of docs/similar.md."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from tools.similarity.recordings import is_learnt_from, recordings

from bench.data import Cell
from bench.page import fill_in
from bench.process import commit
from bench.similarity.report import Report, Row, lines
from bench.similarity.retrieval import MEASURES, Matrix, chance, measures
from bench.similarity.searching import searching
from bench.similarity.styles import style_of
from bench.similarity.systems import OURS, embedding, sonara
from bench.similarity.versions import versions

ROOT = Path(__file__).parents[2]
RESULT = ROOT / "bench" / "results" / "similarity.json"
PAGE = ROOT / "docs" / "similar.md"
SHARED = ROOT.parent / "shared" / "audio"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.similarity", description=__doc__)
    parser.add_argument("--recordings", type=Path, action="append", default=[], metavar="DIR", help="another folder")
    parser.add_argument("--every", type=int, default=4, metavar="N", help="one recording in N in other versions (4)")
    given = parser.parse_args()
    report = measured([SHARED, *given.recordings], given.every)
    print("\n".join(lines(report)))
    RESULT.write_text(report.model_dump_json(indent=1) + "\n")
    fill_in(PAGE, "bench.similarity", lines(report))
    print(f"written: {RESULT}, {PAGE}")


def measured(folders: list[Path], every: int) -> Report:
    held_out = [path for path in recordings(folders) if not is_learnt_from(path)]
    vectors = {path: vector for path in held_out if style_of(path) and (vector := embedding(path)) is not None}
    paths = list(vectors)
    labels = [str(style_of(path)) for path in paths]
    ours = np.array(list(vectors.values()))
    systems = {OURS: np.asarray(ours @ ours.T, np.float64), **sonara(paths)}
    return Report(
        commit=commit(),
        recordings=len(paths),
        styles=dict(Counter(labels)),
        chance=chance(labels),
        rows=_rows(systems, labels),
        versions=versions(held_out[::every]),
        searching=searching(),
        left_out=[] if len(systems) > 1 else ["sonara is not here, and has no column."],
    )


def _rows(systems: dict[str, Matrix], labels: list[str]) -> list[Row]:
    found = {name: measures(similarities, labels) for name, similarities in systems.items()}
    return [
        Row(
            what=what,
            cells={name: Cell.of(each[:, place]) for name, each in found.items()},
            leads={
                name: Cell.of(found[OURS][:, place] - each[:, place]) for name, each in found.items() if name != OURS
            },
        )
        for place, what in enumerate(MEASURES)
    ]


if __name__ == "__main__":
    main()
