"""Find the sections of music whose form is known, beside sonara; write the figures into bench/results/ and docs/.

It needs mido, fluidsynth and soundfonts (Debian: fluidsynth, fluid-soundfont-gm, timgm6mb-soundfont), POP909
(https://github.com/music-x-lab/POP909-Dataset), and the labels of its songs
(https://github.com/Dsqvival/hierarchical-structure-analysis). Of each kind, Tonearm's parameters were chosen on other
pieces: on those that `--development` measures.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import Console

from bench.data import Cell
from bench.page import fill_in
from bench.process import commit
from bench.structure.composed import composed
from bench.structure.form import Piece
from bench.structure.mixes import mixes
from bench.structure.pop909 import songs
from bench.structure.render import rendered
from bench.structure.report import Report, Row, lines
from bench.structure.scores import NEAR, NEARER, borders_f, drops_f, labels_f
from bench.structure.systems import SYSTEMS, Found, version_of_sonara

ROOT = Path(__file__).parents[2]
RESULT = ROOT / "bench" / "results" / "structure.json"
PAGE = ROOT / "docs" / "sections.md"
_EVERY = 64
_FIRST = {True: 5, False: 37}
_SEEDS = {True: range(24), False: range(24, 44)}
_MIXES = 8


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.structure", description=__doc__)
    parser.add_argument("--pop909", type=Path, required=True, metavar="DIR", help="folder with the folders 001 to 909")
    parser.add_argument("--labels", type=Path, required=True, metavar="DIR", help="the same of the labels")
    parser.add_argument("--soundfont", type=Path, action="append", required=True, metavar="FILE", help="one or two")
    parser.add_argument("--development", action="store_true", help="measure what parameters were chosen on")
    given = parser.parse_args()
    console = Console(width=160)
    found: dict[Piece, dict[str, Found]] = {}
    pieces = _pieces(given.pop909, given.labels, given.soundfont, given.development)
    for piece, file in pieces:
        found[piece] = {name: ask(file) for name, ask in SYSTEMS.items()}
        console.print(
            piece.name, *(f"{borders_f(piece.sections, each.sections, NEAR):.2f}" for each in found[piece].values())
        )
    titles = {name: f"sonara {version_of_sonara()}" if name == "sonara" else name for name in SYSTEMS}
    report = Report(commit=commit(), systems=titles, rows=list(_rows(found)))
    console.print("\n".join(lines(report)), markup=False)
    if not given.development:
        RESULT.write_text(report.model_dump_json(indent=1) + "\n")
        fill_in(PAGE, "python -m bench.structure", lines(report))


def _pieces(midi: Path, labels: Path, soundfonts: list[Path], development: bool) -> Iterator[tuple[Piece, Path]]:
    scores = [*map(composed, _SEEDS[development]), *songs(midi, labels, _EVERY, _FIRST[development])]
    for index, (piece, song) in enumerate(scores):
        yield piece, rendered(song, soundfonts[index % len(soundfonts)])
    if not development:
        yield from mixes(ROOT.parent / "shared" / "audio", _MIXES)


def _rows(found: dict[Piece, dict[str, Found]]) -> Iterator[Row]:
    for kind in dict.fromkeys(piece.kind for piece in found):
        pieces = [piece for piece in found if piece.kind == kind]
        for near in (NEARER, NEAR):
            yield _row(
                f"borders within {near:g} s, {kind}",
                {
                    name: [borders_f(piece.sections, found[piece][name].sections, near) for piece in pieces]
                    for name in SYSTEMS
                },
            )
        yield _row(
            f"labels, {kind}",
            {
                name: [labels_f(piece.sections, found[piece][name].sections) for piece in pieces]
                for name in SYSTEMS
                if found[pieces[0]][name].labelled
            },
        )
        if pieces[0].drops is not None:
            told = [found[piece]["`sections:1`"].drops or [] for piece in pieces]
            figures = [drops_f(piece.drops or (), drops) for piece, drops in zip(pieces, told, strict=True)]
            yield _row(f"drops, {kind}", {"`sections:1`": figures})


def _row(what: str, values: dict[str, list[float]]) -> Row:
    cells = {name: Cell.of(np.array(each)) for name, each in values.items()}
    return Row(what=what, count=max(map(len, values.values())), cells=cells)


if __name__ == "__main__":
    main()
